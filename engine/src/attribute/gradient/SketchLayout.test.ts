import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SketchLayout } from "./SketchLayout.js";
import { sketchOf } from "./sketch.js";

const tokensHash = Buffer.alloc(32, 7);
const SIZES = [10, 3, 8];
const entry = fc.double({ min: -9, max: 9, noNaN: true });
const whitened = fc.tuple(...SIZES.map((size) => fc.array(entry, { minLength: size, maxLength: size })));
const HEAD = 4 + 32 + 4 * SIZES.length;

describe.each(["1-bit", "int8"] as const)("SketchLayout, %s", (kind) => {
  const layout = new SketchLayout(kind, SIZES);

  it("gives back what it was given", () => {
    fc.assert(
      fc.property(whitened, fc.nat(0xffff_ffff), (matrices, record) => {
        const sketch = sketchOf(
          matrices.map((matrix) => Float64Array.from(matrix)),
          kind,
        );
        const row = layout.encode({ record, tokensHash, ...sketch });
        expect(row).toHaveLength(layout.rowBytes);
        expect(layout.decode(row)).toEqual({ record, tokensHash: new Uint8Array(tokensHash), ...sketch });
      }),
    );
  });

  it("takes as many bytes as it says", () => {
    expect(layout.rowBytes).toBe(HEAD + (kind === "int8" ? 21 : 2 + 1 + 1));
  });

  it("refuses sketches of other matrices, and numbers that none has", () => {
    const sketch = sketchOf([new Float64Array(10).fill(1), new Float64Array(3), new Float64Array(8).fill(-1)], kind);
    const other = sketchOf([new Float64Array(10)], kind);
    expect(() => layout.encode({ record: 0, tokensHash, ...other })).toThrow(
      expect.objectContaining({ code: "invalid_request" }),
    );

    const row = layout.encode({ record: 0, tokensHash, ...sketch });
    const [second, last] = kind === "int8" ? [HEAD + 10, HEAD + 9] : [HEAD + 2, HEAD + 1];
    const damages: [number, number][] = [
      // of one bit, a factor that is neither 0 nor 1
      ...(kind === "1-bit" ? [[36, 1] as [number, number]] : []),
      // numbers beside a factor of zero
      [second, 1],
      // bits after the last, or −128
      [last, kind === "int8" ? 0x80 : 0xff],
    ];
    for (const [at, byte] of damages) {
      const damaged = row.slice();
      damaged[at] = byte;
      expect(() => layout.decode(damaged)).toThrow(expect.objectContaining({ code: "gradients_malformed" }));
    }
  });
});

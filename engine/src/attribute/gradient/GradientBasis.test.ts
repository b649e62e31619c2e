import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AttributionError } from "../errors.js";
import { EvsBasis } from "./EvsBasis.js";
import { fitGradientBasis } from "./fitGradientBasis.js";
import { GradientBasis } from "./GradientBasis.js";
import { RECORDS, SUBJECT, TestGradients } from "./testGradients.js";

const basis = await fitGradientBasis(new TestGradients(), RECORDS, SUBJECT);
const HEADER = 148;
const NAME = "layers.0.q.a".length;
const ROWS = HEADER + 1 + NAME;
const LEFT = ROWS + 8;
const SCALE = LEFT + 2 * (4 + 25);

const changed = (change: (view: DataView) => void) => {
  const bytes = basis.bytes.slice();
  change(new DataView(bytes.buffer, bytes.byteOffset));
  return bytes;
};

describe("GradientBasis", () => {
  it("is what its file says, to the last bit of what it computes", async () => {
    const read = GradientBasis.parse(basis.bytes);
    const gradients = await new TestGradients().of([5, 6, 7]);

    expect(read.root).toBe(basis.root);
    expect(read.subject).toEqual(SUBJECT);
    expect(read.fittedOn).toEqual(basis.fittedOn);
    expect(read.matrices).toEqual(basis.matrices);
    expect(read.bytes).toEqual(basis.bytes);
    expect(read.whiten(gradients)).toEqual(basis.whiten(gradients));
  });

  it("has another root for another base, adapter, length, sample or matrix", () => {
    const { fittedOn, parts } = basis;
    const other = `0x${"77".repeat(32)}` as const;
    const [first, ...rest] = parts;
    const renamed = new EvsBasis({ ...first!.matrix, name: "other" }, first!.axes);
    const roots = [
      basis,
      GradientBasis.of({ ...SUBJECT, baseWeightsRoot: other }, fittedOn, parts),
      GradientBasis.of({ ...SUBJECT, adapterWeightsRoot: other }, fittedOn, parts),
      GradientBasis.of({ ...SUBJECT, length: 9 }, fittedOn, parts),
      GradientBasis.of(SUBJECT, { ...fittedOn, sampleHash: other }, parts),
      GradientBasis.of(SUBJECT, { ...fittedOn, records: 21 }, parts),
      GradientBasis.of(SUBJECT, { ...fittedOn, sampled: 3 }, parts),
      GradientBasis.of(SUBJECT, fittedOn, [renamed, ...rest]),
      GradientBasis.of(SUBJECT, fittedOn, [first!]),
    ].map(({ root }) => root);

    expect(new Set(roots).size).toBe(roots.length);
  });

  it.each([
    ["other bytes", changed((view) => view.setUint32(0, 1)), "expected an OLGB file, found other bytes"],
    ["another format", changed((view) => view.setUint16(4, 2)), "expected format 1, found 2"],
    ["no matrices", basis.bytes.slice(0, HEADER).fill(0, 6, 8), "expected 1 to 65,535 matrices, found 0"],
    ["a sample beyond its records", changed((view) => view.setUint32(16, 21)), "a sample of at most 20, found 21"],
    ["no header", basis.bytes.slice(0, 100), "expected 148 bytes, found 100"],
    ["a matrix of no rows", changed((view) => view.setUint32(ROWS, 0)), "expected sides of 1 to 8192"],
    ["a huge matrix", changed((view) => view.setUint32(ROWS, 0xffff_ffff)), "expected sides of 1 to 8192"],
    ["a matrix that it does not hold", changed((view) => view.setUint32(ROWS, 8192)), "bytes, found"],
    ["a name that is not printable", changed((view) => view.setUint8(HEADER + 1, 10)), "expected a printable name"],
    ["an axis' entry out of range", changed((view) => view.setInt16(LEFT, -32_768)), "expected entries of ±32767"],
    ["a scale that is no number", changed((view) => view.setFloat32(SCALE, Number.NaN)), "finite scales from 0"],
    ["an endless scale", changed((view) => view.setFloat32(SCALE, Number.POSITIVE_INFINITY)), "finite scales from 0"],
    ["a scale below zero", changed((view) => view.setFloat32(SCALE, -1)), "finite scales from 0"],
    ["bytes after its end", Buffer.concat([basis.bytes, Buffer.of(0)]), `expected ${basis.bytes.length} bytes`],
  ])("refuses a file with %s", (_, bytes, message) => {
    const parse = () => GradientBasis.parse(bytes);
    expect(parse).toThrow(expect.objectContaining({ code: "gradients_malformed" }));
    expect(parse).toThrow(message);
  });

  it("refuses two matrices of one name", () => {
    const [first] = basis.parts;
    const twice = () => GradientBasis.of(SUBJECT, basis.fittedOn, [first!, first!]);
    expect(twice).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });

  it("notices any byte that was changed, and any that is missing", () => {
    const place = fc.nat(basis.bytes.length - 1);
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const damaged = basis.bytes.slice();
        damaged[at]! ^= difference;
        expect(() => GradientBasis.parse(damaged)).toThrow(AttributionError);
        expect(() => GradientBasis.parse(basis.bytes.slice(0, at))).toThrow(AttributionError);
      }),
      { numRuns: 300 },
    );
  });

  it("whitens no gradients of other matrices", () => {
    expect(() => basis.whiten([new Float32Array(10)])).toThrow(expect.objectContaining({ code: "invalid_request" }));
    const wrong = () => basis.whiten([new Float32Array(10), new Float32Array(5)]);
    expect(wrong).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});

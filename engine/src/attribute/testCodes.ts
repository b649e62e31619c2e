/** Generators of codes for property tests: few tokens and near codes, so that postings collide and resemble. */
import fc from "fast-check";
import { CODE_BYTES, type PositionCodes } from "./codes.js";

const position = fc.record({
  id: fc.integer({ min: 0, max: 5 }),
  surprise: fc.oneof(fc.constantFrom(0, 127), fc.integer({ min: 0, max: 127 })),
  // One of three centres, with up to two bytes changed.
  centre: fc.constantFrom(0x00, 0xff, 0x5a),
  changes: fc.array(fc.tuple(fc.integer({ min: 0, max: CODE_BYTES - 1 }), fc.integer({ min: 0, max: 255 })), {
    maxLength: 2,
  }),
});

/** Codes of 0 to `maxLength` positions. */
export function arbitraryCodes(maxLength: number): fc.Arbitrary<PositionCodes> {
  return fc.array(position, { maxLength }).map((positions) => {
    const codes = new Uint8Array(positions.length * CODE_BYTES);
    positions.forEach(({ centre, changes }, i) => {
      codes.fill(centre, i * CODE_BYTES, (i + 1) * CODE_BYTES);
      for (const [at, value] of changes) codes[i * CODE_BYTES + at] = value;
    });
    return {
      ids: Uint32Array.from(positions, ({ id }) => id),
      surprises: Uint8Array.from(positions, ({ surprise }) => surprise),
      codes,
    };
  });
}

export const ARBITRARY_ROWS: fc.Arbitrary<PositionCodes[]> = fc.array(arbitraryCodes(12), { maxLength: 8 });

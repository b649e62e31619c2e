import { CODE_BYTES, type PositionCodes } from "../codes.js";

/** A base whose codes follow from the tokens, which counts its passes: the same in every process. */
export function countingBase() {
  let passes = 0;
  const codes = async (ids: readonly number[]): Promise<PositionCodes> => {
    passes++;
    return {
      ids: Uint32Array.from(ids),
      surprises: Uint8Array.from(ids, (id) => 60 + (id % 60)),
      codes: Uint8Array.from({ length: ids.length * CODE_BYTES }, (_, i) => ids[Math.floor(i / CODE_BYTES)]! * (i + 3)),
    };
  };
  const runtime = {
    weightsRoot: `0x${"11".repeat(32)}` as const,
    codes,
    attribution: async () => ({
      base: { decoys: [await codes([1, 2, 3])], projection: undefined as never },
      hash: `0x${"22".repeat(32)}` as const,
    }),
  };
  return {
    runtime,
    takePasses: () => {
      const taken = passes;
      passes = 0;
      return taken;
    },
  };
}

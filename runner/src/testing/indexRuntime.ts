import { CODE_BYTES, type PositionCodes } from "@openledger/engine";

/** Codes that follow from tokens as simply as can be. */
async function codes(ids: readonly number[]): Promise<PositionCodes> {
  return {
    ids: Uint32Array.from(ids),
    surprises: Uint8Array.from(ids, (id) => 60 + id),
    codes: Uint8Array.from({ length: ids.length * CODE_BYTES }, (_, i) => ids[Math.floor(i / CODE_BYTES)]! * (i + 3)),
  };
}

/** What indexes are built with, without a model. */
export const indexRuntime = {
  weightsRoot: `0x${"11".repeat(32)}` as const,
  codes,
  attribution: async () => ({
    base: { decoys: [await codes([1, 2, 3])], projection: undefined as never },
    hash: `0x${"22".repeat(32)}` as const,
  }),
};

import type { ContentHash } from "./contentId.js";
import { StoreError } from "./StoreError.js";

/** The block was erased, for good: it is neither served nor stored again. */
export class BlockErasedError extends StoreError {
  override readonly name = "BlockErasedError";

  constructor(
    cid: string,
    /** What stands for it, as its tombstone says. */
    readonly replacement: ContentHash | undefined,
  ) {
    const instead = replacement === undefined ? "nothing stands for it" : `${replacement} stands for it`;
    super("block_erased", `Block ${cid} was erased, for good; ${instead}. It is not taken again.`, false);
  }
}

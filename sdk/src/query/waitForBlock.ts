import { GraphQueryError } from "./GraphQueryError.js";
import { indexedBlock } from "./indexedBlock.js";
import type { GraphClient } from "./queryGraph.js";

export type WaitOptions = {
  /** Milliseconds; 60,000 unless said. */
  readonly timeoutMs?: number;
  /** Milliseconds between questions; 100 unless said. */
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
};

/**
 * Resolves once the index has taken in a block of at least this number.
 *
 * @throws GraphQueryError when it has not within the time, or when indexing failed.
 */
export async function waitForBlock(client: GraphClient, block: bigint, options: WaitOptions = {}): Promise<void> {
  const until = Date.now() + (options.timeoutMs ?? 60_000);
  for (let found = "no block"; ; ) {
    options.signal?.throwIfAborted();
    try {
      const indexed = await indexedBlock(client);
      if (indexed.hasErrors) throw new GraphQueryError(client.url, "a failed subgraph", { retryable: false });
      if (BigInt(indexed.number) >= block) return;
      found = `block ${indexed.number}`;
    } catch (error) {
      if (!(error instanceof GraphQueryError && error.retryable)) throw error;
      found = error.message;
    }
    if (Date.now() > until) {
      throw new GraphQueryError(client.url, `${found} while waiting for block ${block}`, { retryable: true });
    }
    await new Promise((resolve) => setTimeout(resolve, options.intervalMs ?? 100));
  }
}

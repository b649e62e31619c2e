import type { Hex } from "viem";
import { openBatch } from "../../builders/openBatch.js";
import { type BatchOpening, EMPTY_CHAIN, PIN_INTERVAL } from "../../hash/batch.js";
import type { ChainReader } from "../ChainClient.js";
import { contractAbis } from "../contracts.js";
import { readSettledBatches } from "./readSettledBatches.js";

/**
 * A batch's header with the way to the next pinned number, as contracts take it; undefined while no number from the batch on
 * is pinned: `pinBatches` helps.
 */
export async function readBatchOpening(reader: ChainReader, batch: bigint): Promise<BatchOpening | undefined> {
  const chainAt = (number: bigint): Promise<Hex> =>
    reader.publicClient.readContract({
      address: reader.deployment.addresses.inferenceMarket,
      abi: contractAbis.inferenceMarket,
      functionName: "batchChainAt",
      args: [number],
    });
  // Each multiple of the interval is pinned, so that one lies within as many numbers on either side.
  const interval = BigInt(PIN_INTERVAL);
  const [next, before] = await Promise.all([
    findPinned(chainAt, batch, ((batch + interval - 1n) / interval) * interval, 1n),
    findPinned(chainAt, batch - 1n, ((batch - 1n) / interval) * interval, -1n),
  ]);
  if (next === undefined || before === undefined) return undefined;
  const numbers = Array.from(
    { length: Number(next.number - before.number) },
    (_, at) => before.number + 1n + BigInt(at),
  );
  const batches = await readSettledBatches(reader, { numbers });
  return openBatch({ chainBefore: before.chain, headers: batches.map(({ header }) => header) }, batch);
}

/** The first pinned number from `from` to `to`; number 0 has the chain before the first batch. */
async function findPinned(
  chainAt: (number: bigint) => Promise<Hex>,
  from: bigint,
  to: bigint,
  step: 1n | -1n,
): Promise<{ readonly number: bigint; readonly chain: Hex } | undefined> {
  for (let number = from; step * number <= step * to; number += step) {
    const chain = number === 0n ? EMPTY_CHAIN : await chainAt(number);
    if (number === 0n || chain !== EMPTY_CHAIN) return { number, chain };
  }
  return undefined;
}

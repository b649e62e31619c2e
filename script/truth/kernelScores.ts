import {
  type AttributionIndex,
  answerCodes,
  attributeCodes,
  buildIndex,
  creditRecords,
  openRuntime,
  type Runtime,
} from "@openledger/engine";
import { numberToHex } from "viem";
import type { Query, Scores } from "./scores.js";

/** What the kernel reads: a base with its attribution file, and the tokens of each record of each version. */
export interface KernelSubject {
  readonly modelDir: string;
  /** `[versions][records]`; a record without tokens has no place in its version's index. */
  readonly versions: readonly (readonly (readonly number[])[])[];
  readonly threads: number;
  readonly signal?: AbortSignal;
}

/**
 * What the kernel credits (`kernel`), and what receipts would pay of it (`pays`): the shares of records that clear the indexes'
 * floors, the 64 largest, nothing to the pool. By the product's own codes, indexes, credits and shares.
 *
 * @returns records version by version
 * @throws ModelError without an attribution file; the signal's reason when it is aborted
 */
export async function kernelScores(
  { modelDir, versions, threads, signal }: KernelSubject,
  queries: readonly Query[],
): Promise<{ readonly kernel: Scores; readonly pays: Scores }> {
  const runtime = await openRuntime({ modelDir, threads });
  try {
    const named = await indexed(runtime, versions, signal);
    const indexes = named.map(({ index }) => index);
    const starts = named.map((_, at) => versions.slice(0, at).reduce((sum, records) => sum + records.length, 0));
    const [kernel, pays]: [Float64Array[], Float64Array[]] = [[], []];
    for (const { ids, from } of queries) {
      signal?.throwIfAborted();
      const codes = await answerCodes(runtime, ids.slice(0, from), ids.slice(from));
      const { credits } = creditRecords(indexes, codes);
      const row = versions.flatMap((records, at) => records.map((_, record) => credits[at]!.get(record) ?? 0));
      kernel.push(Float64Array.from(row));
      const shares = new Float64Array(row.length);
      for (const { datanet, recordIndex, share } of attributeCodes(named, codes).records) {
        shares[starts[Number(datanet) - 1]! + Number(recordIndex)] = share;
      }
      pays.push(shares);
    }
    return { kernel, pays };
  } finally {
    await runtime.close();
  }
}

/** Each version under a number of its own from 1, and each record with a contributor of its own. */
async function indexed(runtime: Runtime, versions: KernelSubject["versions"], signal: AbortSignal | undefined) {
  const named: NamedVersion[] = [];
  let account = 0;
  for (const [at, records] of versions.entries()) {
    signal?.throwIfAborted();
    const index = await buildIndex(
      runtime,
      records.map((ids) => ({ ids })),
    );
    const contributors = records.map(() => numberToHex(++account, { size: 20 }));
    named.push({ datanet: BigInt(at + 1), version: 1, index, contributors });
  }
  return named;
}

interface NamedVersion {
  readonly datanet: bigint;
  readonly version: number;
  readonly index: AttributionIndex;
  readonly contributors: readonly `0x${string}`[];
}

import type { Share } from "@openledger/sdk";
import { isPoolAccount } from "@openledger/sdk";
import type { AdapterHandle, Runtime } from "../serve/Runtime.js";
import { answerCodes } from "./answerCodes.js";
import { type AttributionVersion, attributeCodes } from "./attributeCodes.js";
import { Bm25 } from "./bm25.js";
import { AttributionError } from "./errors.js";

type Account = Share["account"];

/** A text that a contributor wrote and did not contribute, cut in two. */
export interface EvaluationWindow {
  readonly contributor: Account;
  readonly promptIds: readonly number[];
  readonly continuationIds: readonly number[];
}

export interface EvaluationOptions {
  readonly tokenizer: { decode(ids: readonly number[]): string };
  readonly versions: readonly AttributionVersion[];
  readonly windows: readonly EvaluationWindow[];
  /** What generates the continuations; absent, the base. */
  readonly adapter?: AdapterHandle;
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/** How often the window's contributor came out first, as parts of all windows. */
export interface Evaluation {
  readonly windows: number;
  /** By attribution of the text that really follows, and of what the model generated. */
  readonly attributionTrue: number;
  readonly attributionGenerated: number;
  /** By BM25 over the records, the ten best summed by contributor, with the same continuation as the query. */
  readonly bm25True: number;
  readonly bm25Generated: number;
  /** Mean part of a receipt that goes to the pool. */
  readonly poolTrue: number;
  readonly poolGenerated: number;
  /** Mean time of one attribution, pass of the base included, in milliseconds. */
  readonly attributionMs: number;
}

/** Temperature and nucleus of the generated continuations, in thousandths. */
const SAMPLING = { temperatureMilli: 800, topPMilli: 950, topK: 0 };
/** Records of a BM25 search that are summed by contributor. */
const BM25_TOP = 10;

/**
 * Windows of held-out texts: the first half of a text is the prompt, at most `continuation` tokens after it are what
 * follows. Balanced: each contributor has as many windows as the one with the fewest.
 *
 * @param texts Tokens by contributor; those too short for a half of `continuation` / 2 tokens are left out.
 */
export function evaluationWindows(
  texts: readonly { readonly contributor: Account; readonly ids: readonly number[] }[],
  continuation = 64,
): EvaluationWindow[] {
  const byContributor = new Map<Account, EvaluationWindow[]>();
  for (const { contributor, ids } of texts) {
    if (ids.length < continuation) continue;
    const half = Math.floor(ids.length / 2);
    const window = {
      contributor,
      promptIds: ids.slice(0, half),
      continuationIds: ids.slice(half, half + continuation),
    };
    byContributor.set(contributor, [...(byContributor.get(contributor) ?? []), window]);
  }
  const fewest = Math.min(...[...byContributor.values()].map((windows) => windows.length));
  return [...byContributor.values()].flatMap((windows) => windows.slice(0, fewest));
}

/**
 * Measures how well attribution names the contributor of texts that no record holds, beside BM25.
 *
 * Deterministic for a runtime, adapter, versions and windows. An answer that names no contributor counts as wrong.
 *
 * @throws AttributionError `invalid_request` without windows; RuntimeError
 */
export async function evaluateAttribution(runtime: Runtime, options: EvaluationOptions): Promise<Evaluation> {
  const { tokenizer, versions, windows, adapter, onProgress, signal } = options;
  if (windows.length === 0) throw new AttributionError("invalid_request", "an evaluation needs windows, found none");
  const owners = versions.flatMap(({ index, contributors }) =>
    Array.from({ length: index.recordCount }, (_, record) => contributors.at(record)!),
  );
  const search = new Bm25(
    versions.flatMap(({ index }) =>
      Array.from({ length: index.recordCount }, (_, record) => tokenizer.decode([...index.ids(record)])),
    ),
  );

  const right = { attributionTrue: 0, attributionGenerated: 0, bm25True: 0, bm25Generated: 0 };
  const pool = { poolTrue: 0, poolGenerated: 0 };
  let milliseconds = 0;
  const judge = async (window: EvaluationWindow, output: readonly number[], kind: "True" | "Generated") => {
    const started = performance.now();
    const codes = await answerCodes(runtime, window.promptIds, output, signal === undefined ? {} : { signal });
    const { shares } = attributeCodes(versions, codes);
    milliseconds += performance.now() - started;
    if (largest(shares) === window.contributor) right[`attribution${kind}`]++;
    pool[`pool${kind}`] += shares.reduce((sum, s) => sum + (isPoolAccount(s.account) ? s.share : 0), 0) / 2 ** 16;

    const hits = search.search(tokenizer.decode(output), BM25_TOP);
    const found = hits.map(({ record, score }) => ({ account: owners[record]!, share: score }));
    if (largest(found) === window.contributor) right[`bm25${kind}`]++;
  };

  for (const [done, window] of windows.entries()) {
    const seed = new Uint8Array(32);
    new DataView(seed.buffer).setUint32(28, done);
    const { tokens } = await runtime.generate({
      ...SAMPLING,
      promptIds: window.promptIds,
      maxTokens: window.continuationIds.length,
      seed,
      ...(adapter === undefined ? {} : { adapter }),
      ...(signal === undefined ? {} : { signal }),
    });
    await judge(window, window.continuationIds, "True");
    await judge(window, tokens, "Generated");
    onProgress?.(done + 1, windows.length);
  }

  const count = windows.length;
  const parts = Object.fromEntries(Object.entries({ ...right, ...pool }).map(([name, sum]) => [name, sum / count]));
  return { ...(parts as typeof right & typeof pool), windows: count, attributionMs: milliseconds / (2 * count) };
}

/** The account with the largest sum, pools left out; the first of several. */
function largest(parts: readonly { readonly account: Account; readonly share: number }[]): Account | undefined {
  const sums = new Map<Account, number>();
  for (const { account, share } of parts) {
    if (!isPoolAccount(account)) sums.set(account, (sums.get(account) ?? 0) + share);
  }
  let best: Account | undefined;
  for (const [account, sum] of sums) if (best === undefined || sum > sums.get(best)!) best = account;
  return best;
}

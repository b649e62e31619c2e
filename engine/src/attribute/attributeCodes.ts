import {
  attributionMethodHash,
  compareRecordShares,
  MAX_SHARES,
  poolAccount,
  type RecordShare,
  SHARE_WHOLE,
  type Share,
} from "@openledger/sdk";
import { KERNEL_WHOLE } from "../exact/program/AttributionOp.js";
import { type AnswerCodes, codeWords, type PositionCodes } from "./codes.js";
import { AttributionError } from "./errors.js";
import type { Hex } from "./hex.js";
import { creditRecords, type KernelCredit } from "./kernel/creditRecords.js";
import { floorFor } from "./kernel/floors.js";
import { hamming } from "./kernel/hamming.js";
import { kernelValue } from "./kernel/kernelValue.js";
import type { VersionIndex } from "./kernel/VersionIndex.js";

/** Most records that an answer names; what others would get is the pool's. */
export const MAX_ATTRIBUTED_RECORDS = 64;
/** Most tokens of the part of a record that is shown as what matched. */
const SPAN_TOKENS = 32;

export type Contributors = Pick<readonly Share["account"][], "length" | "at">;

/** A Datanet version that the answering model was trained on. */
export interface AttributionVersion {
  readonly datanet: bigint;
  readonly version: number;
  readonly index: VersionIndex;
  /** `[records]`: who contributed each record, by its place in the version; an array, or what finds them out. */
  readonly contributors: Contributors;
}

/** A record's part of an answer. */
export interface AttributedRecord extends RecordShare {
  readonly contributor: Share["account"];
  /** The part of the record that resembles the answer most: first token and the one after the last. For display. */
  readonly span: readonly [number, number];
}

export interface AnswerAttribution {
  /** At most 64, in the order that `attributionRecordsHash` wants; every share ≥ its index's floor. */
  readonly records: readonly AttributedRecord[];
  /** Ascending by account, 65,536 in all, what nobody earned under the first Datanet's pool; empty without versions. */
  readonly shares: readonly Share[];
  readonly methodHash: Hex;
}

/**
 * Attributes an answer to records from its codes alone: integers throughout, so whoever has the codes and the indexes
 * gets the same shares. Codes, surprises and each token's credits are rows of an exact program (see `withIndexes`); what
 * is summed over an answer's tokens, and shared out of that here, is not.
 *
 * share = ⌊credit / Σ w⌋ of 65,536; shares below the floor are dropped, the 64 largest of the rest are named (ties by
 * place) and summed by contributor. The first Datanet's pool takes all that is left; an answer that surprised the base
 * nowhere (Σ w = 0) is all the pool's.
 *
 * @param versions In the model's order. Their indexes must be of one base.
 * @param answer Codes of the answer's positions, see `answerCodes`.
 * @throws AttributionError `invalid_request` when a version's contributors do not fit its index, or records were erased from it
 */
export function attributeCodes(versions: readonly AttributionVersion[], answer: AnswerCodes): AnswerAttribution {
  requireWhole(versions);
  const credit = creditRecords(
    versions.map(({ index }) => index),
    answer,
  );
  const { records, ...rest } = shareCredit(versions, credit);
  const shown = records.map((record) => {
    const version = versions.find((v) => v.datanet === record.datanet && v.version === record.version)!;
    return { ...record, span: bestSpan(version.index, Number(record.recordIndex), answer, credit.denominators) };
  });
  return { ...rest, records: shown };
}

/** @throws AttributionError `invalid_request` when a version's contributors do not fit its index, or records were erased from it */
export function requireWhole(versions: readonly AttributionVersion[]): void {
  for (const { datanet, version, index, contributors } of versions) {
    if (contributors.length !== index.recordCount) {
      throw new AttributionError(
        "invalid_request",
        `Datanet ${datanet} version ${version}: the index has ${index.recordCount} records, found ${contributors.length} contributors`,
      );
    }
    if (index.erasedRecords > 0) {
      throw new AttributionError(
        "invalid_request",
        `Datanet ${datanet} version ${version}: ${index.erasedRecords} of the index's records were erased; nobody who has them would ` +
          "find the same shares",
      );
    }
  }
}

/** An answer's attribution without what is shown of its records. */
export interface SharedCredit extends Omit<AnswerAttribution, "records"> {
  readonly records: readonly Omit<AttributedRecord, "span">[];
}

/** Who is paid what by a credit, see `attributeCodes`. */
export function shareCredit(
  versions: readonly AttributionVersion[],
  { credits, weight, denominators }: KernelCredit,
): SharedCredit {
  const methodHash = attributionMethodHash(versions.map(({ index }) => index.root));
  const first = versions[0];
  if (first === undefined) return { records: [], shares: [], methodHash };

  const records = versions
    .flatMap((version, i) => listRecords(version, credits[i]!, weight, denominators.length))
    .sort(compareRecordShares)
    .slice(0, MAX_ATTRIBUTED_RECORDS);
  return { records, shares: sumShares(records, poolAccount(first.datanet)), methodHash };
}

function listRecords(
  { datanet, version, index, contributors }: AttributionVersion,
  credits: ReadonlyMap<number, number>,
  weight: number,
  tokens: number,
): Omit<AttributedRecord, "span">[] {
  if (weight === 0) return [];
  const floor = Math.max(1, floorFor(index.floors, tokens));
  const listed: Omit<AttributedRecord, "span">[] = [];
  credits.forEach((credit, record) => {
    const share = Math.floor(credit / weight);
    if (share < floor) return;
    listed.push({ datanet, version, recordIndex: BigInt(record), share, contributor: contributors.at(record)! });
  });
  return listed;
}

/** Shares by contributor, ascending by account; the pool takes what is left of the whole. */
export function sumShares(
  records: readonly { readonly contributor: Share["account"]; readonly share: number }[],
  pool: Share["account"],
): Share[] {
  const sums = new Map<string, { account: Share["account"]; share: number }>();
  const add = (account: Share["account"], share: number) => {
    const key = account.toLowerCase();
    const found = sums.get(key);
    if (found === undefined) sums.set(key, { account, share });
    else found.share += share;
  };
  let left = SHARE_WHOLE;
  for (const { contributor, share } of records) {
    if (share === 0) continue;
    add(contributor, share);
    left -= share;
  }
  if (left < 0 || sums.size >= MAX_SHARES) {
    throw new AttributionError(
      "invalid_request",
      `shares must be at most ${SHARE_WHOLE} in all for fewer than ${MAX_SHARES} accounts, found ${SHARE_WHOLE - left} for ${sums.size}`,
    );
  }
  if (left > 0) add(pool, left);
  return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, share]) => share);
}

/** The window of at most 32 positions of a record with the most credit, without what got none at its ends. */
function bestSpan(
  index: VersionIndex,
  record: number,
  answer: PositionCodes,
  denominators: readonly number[],
): readonly [number, number] {
  const row = index.row(record);
  const credit = new Float64Array(row.ids.length);
  const rowWords = codeWords(row.codes);
  const words = codeWords(answer.codes);
  const positions = new Map<number, number[]>();
  row.ids.forEach((id, s) => {
    const known = positions.get(id);
    if (known === undefined) positions.set(id, [s]);
    else known.push(s);
  });
  answer.ids.forEach((id, t) => {
    const threshold = index.threshold(id);
    for (const s of positions.get(id) ?? []) {
      const distance = hamming(rowWords, s * 4, words, t * 4);
      if (128 - 2 * distance <= threshold) continue;
      const value = kernelValue(distance, row.surprises[s]!);
      credit[s]! += Math.floor((answer.surprises[t]! * value * KERNEL_WHOLE) / denominators[t]!);
    }
  });

  let best: readonly [number, number] = [0, Math.min(SPAN_TOKENS, row.ids.length)];
  let most = 0;
  let sum = 0;
  credit.forEach((value, s) => {
    sum += value - (credit[s - SPAN_TOKENS] ?? 0);
    if (sum > most) {
      most = sum;
      best = [Math.max(0, s + 1 - SPAN_TOKENS), s + 1];
    }
  });
  let [from, to] = best;
  while (most > 0 && credit[from] === 0) from++;
  while (most > 0 && credit[to - 1] === 0) to--;
  return [from, to];
}

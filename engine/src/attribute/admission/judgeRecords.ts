/**
 * Judges a contribution's records, one by one in their order, and says of each that is refused why: which rule, what was found,
 * where its limit lies, and what shows it. The score is the part of the records that is accepted, and nothing where a probe that
 * learned from these finds no gain, or harm: that can be said of a contribution, and of no record alone.
 *
 * Nothing is refused for what it says: there is no rule on opinions, tone or subject.
 */
import type { AdapterProbe, ProbeReading, ProbeSilence } from "./AdapterProbe.js";
import { COPY_CONTAINMENT, MAX_RECORD_BYTES } from "./CopySearch.js";
import { type EarlierCopy, EarlierRecords, type RecordPlace } from "./EarlierRecords.js";
import type { NoiseGate, NoiseReading } from "./NoiseGate.js";
import { SHINGLE_BYTES, shingleHashes } from "./shingles.js";
import { isExpressionAllowed, type StatedLicence, statedLicences } from "./statedLicences.js";

/** Part of a record's shingles that stood in it before. Loops have 0.9 or more; of 3,563 pieces of public text 4 are above. */
const REPETITION_LIMIT = 0.8;
/** The highest score. */
export const MAX_SCORE = 10_000;

/** Why a record is refused. */
export type Refusal =
  /** No UTF-8, or a control character that no text has. */
  | { readonly rule: "not_text"; readonly at: number }
  | { readonly rule: "empty"; readonly bytes: number }
  | { readonly rule: "too_long"; readonly unit: "bytes" | "tokens"; readonly found: number; readonly limit: number }
  | { readonly rule: "duplicate"; readonly of: RecordPlace }
  | { readonly rule: "copy"; readonly found: number; readonly limit: number; readonly copy: EarlierCopy }
  /** Of the contribution, or stated in the text. */
  | { readonly rule: "licence"; readonly found: StatedLicence | string; readonly allowed: readonly string[] }
  | { readonly rule: "repetition"; readonly found: number; readonly limit: number }
  | { readonly rule: "noise"; readonly reading: NoiseReading };

export interface RecordJudgement {
  readonly index: number;
  readonly isAccepted: boolean;
  /** Empty where it is accepted. */
  readonly refusals: readonly Refusal[];
}

export interface JudgedRecords {
  readonly records: readonly RecordJudgement[];
  /** What learning the accepted records does to others; undefined where no probe was asked. */
  readonly probe: ProbeReading | ProbeSilence | undefined;
  /** 0 to 10,000: the accepted part of the records, rounded down; 0 where the probe refuses them. */
  readonly score: number;
  /** Those that were there before, and the accepted ones: what the next contribution is judged by. Who asked closes it. */
  readonly earlier: EarlierRecords;
}

export interface JudgeOptions {
  readonly contribution: bigint;
  /** At least one. */
  readonly records: readonly Uint8Array[];
  /** SPDX identifier of all of them. */
  readonly licence: string;
  /** What the Datanet allows, SPDX identifiers. */
  readonly allowedLicences: readonly string[];
  readonly earlier: EarlierRecords;
  readonly tokenizer: { encode(text: string): number[] };
  /** Tokens that the base reads at once. */
  readonly context: number;
  readonly gate: Pick<NoiseGate, "read">;
  /** Asked of a contribution's accepted records, which it refuses all or none of; absent, they are judged without. */
  readonly probe?: ProbeOptions;
  readonly signal?: AbortSignal;
}

export interface ProbeOptions {
  readonly adapter: Pick<AdapterProbe, "read">;
  /** Records of the Datanet that were accepted earlier. */
  readonly earlier: readonly Uint8Array[];
  /** As `ProbeInput.seed`. */
  readonly seed: number;
}

/**
 * @throws RuntimeError `aborted`, the signal's reason while the probe trains, and whatever else the base cannot do; what the system
 *   says of a disk that is full
 */
export async function judgeRecords(options: JudgeOptions): Promise<JudgedRecords> {
  const accepted = new EarlierRecords(options.earlier);
  try {
    const judged = await judgedBeside(accepted, options);
    if (judged.earlier !== accepted) accepted.close();
    return judged;
  } catch (error) {
    accepted.close();
    throw error;
  }
}

/** @param earlier What is accepted is added to it */
async function judgedBeside(earlier: EarlierRecords, options: JudgeOptions): Promise<JudgedRecords> {
  const { contribution, records } = options;
  const judgements: RecordJudgement[] = [];
  for (const [index, bytes] of records.entries()) {
    const refusals = await refusalsOf(bytes, earlier, options);
    const isAccepted = refusals.length === 0;
    if (isAccepted) earlier.add({ contribution, index }, bytes);
    judgements.push({ index, isAccepted, refusals });
  }
  const accepted = records.filter((_, index) => judgements[index]!.isAccepted);
  const probe = accepted.length === 0 ? undefined : await probed(accepted, options);
  if (probe?.kind === "reading" && probe.refusal !== undefined) {
    return { records: judgements, probe, score: 0, earlier: new EarlierRecords(options.earlier) };
  }
  const score = Math.floor((MAX_SCORE * accepted.length) / records.length);
  return { records: judgements, probe, score, earlier };
}

async function probed(records: readonly Uint8Array[], { probe, signal }: JudgeOptions) {
  if (probe === undefined) return undefined;
  const { adapter, earlier, seed } = probe;
  return await adapter.read({ records, earlier, seed, ...(signal && { signal }) });
}

/** All that can be said of a record; the base, which costs most, is asked only of one that nothing else refuses. */
async function refusalsOf(bytes: Uint8Array, earlier: EarlierRecords, options: JudgeOptions): Promise<Refusal[]> {
  const { licence, allowedLicences, tokenizer, context, gate, signal } = options;
  const allowed = new Set(allowedLicences);
  const refusals: Refusal[] = [];
  if (!allowed.has(licence)) refusals.push({ rule: "licence", found: licence, allowed: allowedLicences });
  if (bytes.length > MAX_RECORD_BYTES) {
    return [...refusals, { rule: "too_long", unit: "bytes", found: bytes.length, limit: MAX_RECORD_BYTES }];
  }
  const text = textOf(bytes);
  if (typeof text === "number") return [...refusals, { rule: "not_text", at: text }];
  if (!/[\p{L}\p{N}]/u.test(text)) return [...refusals, { rule: "empty", bytes: bytes.length }];

  const stated = statedLicences(text).find(({ expression }) => !isExpressionAllowed(expression, allowed));
  if (stated !== undefined) refusals.push({ rule: "licence", found: stated, allowed: allowedLicences });
  const ids = tokenizer.encode(text);
  if (ids.length > context) refusals.push({ rule: "too_long", unit: "tokens", found: ids.length, limit: context });
  const same = earlier.same(bytes);
  const copy = same === undefined ? earlier.copied(bytes) : undefined;
  if (same !== undefined) refusals.push({ rule: "duplicate", of: same });
  if (copy !== undefined) refusals.push({ rule: "copy", found: copy.containment, limit: COPY_CONTAINMENT, copy });
  const repeated = repeatedPart(bytes);
  if (repeated > REPETITION_LIMIT) refusals.push({ rule: "repetition", found: repeated, limit: REPETITION_LIMIT });
  if (refusals.length > 0) return refusals;

  const reading = await gate.read(ids, bytes, signal);
  return reading?.isNoise === true ? [{ rule: "noise", reading }] : [];
}

/** The text, or the place of the first byte that is none. */
function textOf(bytes: Uint8Array): string | number {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    const control = /[\0-\x08\x0e-\x1f\x7f]/.exec(text);
    return control === null ? text : new TextEncoder().encode(text.slice(0, control.index)).length;
  } catch {
    return firstMalformed(bytes);
  }
}

/** Place of the first byte after the longest beginning that is UTF-8: a decoder that streams waits for a last part. */
function firstMalformed(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let whole = 0;
  for (let at = 0; at < bytes.length; at++) {
    try {
      if (decoder.decode(bytes.subarray(at, at + 1), { stream: true }).length > 0) whole = at + 1;
    } catch {
      break;
    }
  }
  return whole;
}

function repeatedPart(bytes: Uint8Array): number {
  const hashes = shingleHashes(bytes);
  // what is shorter than a few shingles has nothing to repeat
  return hashes.length < SHINGLE_BYTES ? 0 : 1 - new Set(hashes).size / hashes.length;
}

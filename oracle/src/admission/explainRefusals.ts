/** Refusals in the words and decimals of an admission. */
import type { RecordJudgement, Refusal } from "@openledger/engine";
import type { Admission, AdmissionReason } from "@openledger/sdk";
import { decimal } from "./decimal.js";

/** Runs of equal bytes that are shown of a copy. */
const SHOWN_RUNS = 32;
/** Licences that are named: a Datanet may allow any number. */
const SHOWN_LICENCES = 16;

/** The records that are refused, and why. */
export function explainRefusals(judged: readonly RecordJudgement[]): Admission["refused"] {
  return judged
    .filter(({ isAccepted }) => !isAccepted)
    .map(({ index, refusals }) => ({ index, reasons: refusals.map(reasonOf) }));
}

/** What is told of contributing again, by who decides. */
const AGAIN = {
  validators:
    "A rejected contribution is final and its fee, less the validators' part, comes back. Contribute again what was not " +
    "refused, and what you have changed: other validators may score it. Every figure here can be recomputed.",
  owner:
    "The Datanet's owner decides and is bound by no rule. What is rejected is final and its fee comes back whole. Contribute again " +
    "what is not refused here, and what you have changed, there or to another Datanet. Every figure here can be recomputed.",
} as const;

/** What its contributor can do about a refused contribution; nothing where none of it is refused. */
export function appealOf(
  contribution: bigint,
  { refused, reasons }: Pick<Admission, "refused" | "reasons">,
  decider: keyof typeof AGAIN,
): Admission["appeal"] {
  if (refused.length === 0 && reasons.length === 0) return [];
  const again = { way: "contribute_again" as const, text: AGAIN[decider] };
  const copied = refused.flatMap((record) => record.reasons.map(({ evidence }) => evidence.of?.contribution));
  const others = [...new Set(copied)].filter((one) => one !== undefined && one !== contribution);
  if (others.length === 0) return [again];
  const named = others.slice(0, 16).join(", ");
  const dispute = {
    way: "dispute_earlier" as const,
    text:
      `If the text was yours before contribution ${named} took it, file a dispute of kind "licence" against that one: where ` +
      "the jury upholds it, it is revoked and counts as earlier no more. Then contribute again.",
  };
  return [again, dispute];
}

function reasonOf(refusal: Refusal): AdmissionReason {
  const { rule } = refusal;
  switch (rule) {
    case "not_text":
      return {
        rule,
        found: `byte ${refusal.at}`,
        limit: "UTF-8 without control characters",
        evidence: { at: refusal.at },
      };
    case "empty":
      return { rule, found: `${refusal.bytes} bytes`, limit: "a letter or a digit", evidence: {} };
    case "too_long":
      return {
        rule,
        found: `${refusal.found} ${refusal.unit}`,
        limit: `${refusal.limit} ${refusal.unit}`,
        evidence: {},
      };
    case "duplicate":
      return { rule, found: "the same bytes", limit: "no earlier record", evidence: { of: refusal.of } };
    case "copy":
      return copyReason(refusal);
    case "licence": {
      const { found, allowed } = refusal;
      const [name, evidence] = typeof found === "string" ? [found, {}] : [found.expression, { at: found.at }];
      return { rule, found: name, limit: licenceList(allowed), evidence };
    }
    case "repetition":
      return { rule, found: decimal(refusal.found), limit: decimal(refusal.limit), evidence: {} };
    case "noise":
      return noiseReason(refusal);
  }
}

function licenceList(allowed: readonly string[]): string {
  const more = allowed.length - SHOWN_LICENCES;
  return [...allowed.slice(0, SHOWN_LICENCES), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function copyReason({ rule, found, limit, copy }: Extract<Refusal, { rule: "copy" }>): AdmissionReason {
  const longest = [...copy.runs].sort((a, b) => b.length - a.length).slice(0, SHOWN_RUNS);
  const runs = longest.sort((a, b) => a.at - b.at).map(({ at, place, length }) => [at, place, length] as const);
  const evidence = { of: copy.of, runs, runCount: copy.runs.length };
  return { rule, found: decimal(found), limit: decimal(limit), evidence };
}

/** By the order of its tokens, or by its loss where that alone decides. */
function noiseReason({ rule, reading }: Extract<Refusal, { rule: "noise" }>): AdmissionReason {
  const { loss, lossLimit, guessLoss, gain, gainLimit } = reading;
  const read = { loss: decimal(loss), lossLimit: decimal(lossLimit), guessLoss: decimal(guessLoss) };
  if (gain === undefined) return { rule, found: read.loss, limit: read.guessLoss, evidence: { reading: read } };
  const evidence = { reading: { ...read, gain: decimal(gain), gainLimit: decimal(gainLimit) } };
  return { rule, found: decimal(gain), limit: decimal(gainLimit), evidence };
}

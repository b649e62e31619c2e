import type { Admission, AdmissionProbe, AdmissionReason } from "@openledger/sdk";
import { printable } from "../printable.js";

/** Refused records that are listed; `--json` has all. */
const SHOWN_RECORDS = 50;

/** Why a validator scored a contribution as it did, for its contributor. */
export function renderAdmission(admission: Admission): string {
  const { recordCount, refused, reasons, comparedWith, appeal, probe } = admission;
  const { unread } = comparedWith;
  const more = refused.length - SHOWN_RECORDS;
  const passed = admission.round === undefined ? "break no rule" : "are accepted";
  const lines = [
    ...headOf(admission),
    `  compared with ${comparedWith.records} earlier records${unread.length === 0 ? "" : `, not with those of contributions ${unread.join(", ")}, which could not be read`}`,
    "",
    ...reasons.map((reason) => `The contribution: ${sentence(reason)}`),
    ...(probe === undefined ? [] : learned(probe)),
    ...(reasons.length === 0 ? [`${recordCount - refused.length} of ${recordCount} records ${passed}.`] : []),
    ...refused
      .slice(0, SHOWN_RECORDS)
      .flatMap((record) => record.reasons.map((reason) => `  record ${record.index}: ${sentence(reason)}`)),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(appeal.length === 0 ? [] : ["", "If you disagree:"]),
    ...appeal.map(({ text }) => `  ${text}`),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function headOf({ contribution, datanet, round, validator, score, acceptScore }: Admission): string[] {
  const subject = `Contribution ${contribution} to Datanet ${datanet}`;
  if (round === undefined || acceptScore === undefined) {
    return [
      `${subject}, read by ${validator}, whom nothing rests on: the Datanet's owner decides`,
      `  ${score} of 10000 by the rules that validators go by`,
    ];
  }
  return [
    `${subject}, scored in round ${round} by ${validator}`,
    `  ${score} of 10000, a vote to ${score >= acceptScore ? "accept" : "reject"}: ${acceptScore} accepts. The round is decided by more than half of those who revealed.`,
  ];
}

/** What learning its records did to others, whether or not it refused any. */
function learned(probe: AdmissionProbe): string[] {
  if (probe.kind === "silence") return [`No probe learned its records (${probe.because}): ${probe.found}.`];
  const { trainedTokens, heldOutTokens, loss, order, harm } = probe;
  return [
    `A probe learned ${trainedTokens} tokens of its records and was asked of ${heldOutTokens} others, nats a token:`,
    `  gain: loss ${loss.before} before, ${loss.after} after; the order of words was worth ${order.before}, is worth ${order.after} ± ${order.error}, has to be ${order.limit}`,
    harm === undefined
      ? "  harm: the Datanet holds too little to measure it on"
      : `  harm: earlier records lose ${harm.found} ± ${harm.error}, at most ${harm.limit} may be lost`,
  ];
}

function sentence({ rule, found, limit, evidence }: AdmissionReason): string {
  const of = evidence.of === undefined ? "" : `record ${evidence.of.index} of contribution ${evidence.of.contribution}`;
  switch (rule) {
    case "file":
      return `its file: found ${found}, expected ${limit}`;
    case "no_gain":
      return `nothing to learn: to who learned its records, the order of the others' words is worth ${found} nats a token, ${limit} is asked`;
    case "harm":
      return `harm: who learned its records loses ${found} nats a token on the Datanet's earlier ones, at most ${limit} may be lost`;
    case "not_text":
      return `no text: ${found} is not ${limit}`;
    case "empty":
      return `nothing in it: ${found} without ${limit}`;
    case "too_long":
      return `too long: ${found}, at most ${limit}`;
    case "duplicate":
      return `the same bytes as ${of}`;
    case "copy":
      return `a copy: ${found} of it stands in ${of}, less than ${limit} may${places(evidence.runs)}`;
    case "licence":
      return `its licence is ${found}, the Datanet takes ${limit}`;
    case "repetition":
      return `it repeats itself: ${found} of it stood in it before, at most ${limit} may`;
    case "noise":
      return evidence.reading?.gain === undefined
        ? `noise: the base loses ${found} nats a token, a guess among all tokens ${limit}`
        : `noise: the order of its tokens is worth ${found} nats each to the base, what has none reaches ${limit}`;
  }
}

/** The longest run, as something to look up. */
function places(runs: AdmissionReason["evidence"]["runs"]): string {
  const [longest] = [...(runs ?? [])].sort((a, b) => b[2] - a[2]);
  if (longest === undefined) return "";
  const [at, place, length] = longest;
  return ` (for instance ${length} bytes from ${at}, there from ${place})`;
}

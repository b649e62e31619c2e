import { SamplingError } from "./SamplingError.js";

/** How an answer's tokens are drawn. All numbers are integers; the payer signed them. */
export interface SamplingRule {
  /** Thousandths, 0 to 100,000; 0 takes the highest logit, by lowest index where several are. */
  readonly temperatureMilli: number;
  /** Only the k highest logits may be drawn, 0 to 2^20; 0 for all. */
  readonly topK: number;
  /** Thousandths, 1 to 1,000; only the fewest highest logits whose weights reach this may be drawn; 1,000 for all. */
  readonly topPMilli: number;
  /** Thousandths, 100 to 10,000, by which logits of tokens seen before are lowered; 1,000 for none. */
  readonly repetitionPenaltyMilli: number;
  /** 32 bytes: the payer's, else the voucher's digest. Never the runner's. */
  readonly seed: Uint8Array;
}

/** Least and most of each number of a rule. */
const RULE_LIMITS = {
  temperatureMilli: [0, 100_000],
  topK: [0, 2 ** 20],
  topPMilli: [1, 1000],
  repetitionPenaltyMilli: [100, 10_000],
} as const;

/** @throws SamplingError `parameter_out_of_range` naming the first field that is wrong */
export function checkSamplingRule(rule: SamplingRule): void {
  for (const field of ["temperatureMilli", "topK", "topPMilli", "repetitionPenaltyMilli"] as const) {
    const [least, most] = RULE_LIMITS[field];
    checkInteger(field, rule[field], least, most);
  }
  if (rule.seed.length !== 32) throw outOfRange("seed", "32 bytes", rule.seed.length);
}

/** @throws SamplingError `parameter_out_of_range` */
export function checkInteger(field: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw outOfRange(field, `an integer from ${least} to ${most}`, value);
}

function outOfRange(field: string, wanted: string, found: unknown): SamplingError {
  return new SamplingError("parameter_out_of_range", field, `${field} must be ${wanted}, found ${String(found)}`);
}

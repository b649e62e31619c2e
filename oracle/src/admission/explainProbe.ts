/** What a probe found, in the words and decimals of an admission. */
import type { ProbeReading, ProbeSilence } from "@openledger/engine";
import type { AdmissionProbe, AdmissionReason } from "@openledger/sdk";
import { decimal } from "./decimal.js";
import { shown } from "./shown.js";

export function explainProbe(
  probe: ProbeReading | ProbeSilence | Extract<AdmissionProbe, { kind: "silence" }>,
): AdmissionProbe {
  if (probe.kind === "silence") return { ...probe, found: shown(probe.found) };
  const { kind, seed, trainedTokens, heldOutTokens, orderAfter, orderLimit, harm, harmLimit } = probe;
  return {
    ...{ kind, seed, trainedTokens, heldOutTokens },
    loss: { before: decimal(probe.lossBefore), after: decimal(probe.lossAfter) },
    order: {
      before: decimal(probe.orderBefore),
      after: decimal(orderAfter.mean),
      error: decimal(orderAfter.error),
      limit: decimal(orderLimit),
    },
    ...(harm && { harm: { found: decimal(harm.mean), error: decimal(harm.error), limit: decimal(harmLimit) } }),
  };
}

/** Why it refuses the contribution, if it does. */
export function probeReasons(probe: ProbeReading | ProbeSilence | undefined): AdmissionReason[] {
  if (probe?.kind !== "reading" || probe.refusal === undefined) return [];
  const { refusal: rule, orderAfter, orderLimit, harm, harmLimit } = probe;
  const [found, limit] = rule === "no_gain" ? [orderAfter.mean, orderLimit] : [harm!.mean, harmLimit];
  return [{ rule, found: decimal(found), limit: decimal(limit), evidence: {} }];
}

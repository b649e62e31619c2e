import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type DatanetRules, encodeRules } from "./DatanetRules.js";

export type ScheduleRulesParameters = {
  readonly datanet: bigint;
  readonly rules: DatanetRules;
};

/**
 * Schedules the Datanet's next rules, in force in 7 days; contributions made before keep theirs. Only the Datanet's owner.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function scheduleRules(client: ChainClient, parameters: ScheduleRulesParameters) {
  const { datanet, rules } = parameters;
  const submitted = await submit(client, "datanetRegistry", "scheduleRules", [datanet, encodeRules(rules)]);
  return { ...submitted, event: eventOf(client, submitted, "datanetRegistry", "RulesScheduled") };
}

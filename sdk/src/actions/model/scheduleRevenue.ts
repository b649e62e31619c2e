import type { Revenue } from "../../units/split.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ScheduleRevenueParameters = {
  readonly model: bigint;
  readonly revenue: Revenue;
};

/** Announces other parts of the fee for a model of the account's, in force seven days later. @throws ContractRefusedError, TransactionFailedError */
export async function scheduleRevenue(client: ChainClient, parameters: ScheduleRevenueParameters) {
  const { model, revenue } = parameters;
  const submitted = await submit(client, "modelRegistry", "scheduleRevenue", [model, revenue]);
  return { ...submitted, event: eventOf(client, submitted, "modelRegistry", "RevenueScheduled") };
}

import type { LeafReveal } from "../../builders/leafReveal.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Answers a demand; its deposit goes to the account. @throws ContractRefusedError, TransactionFailedError */
export async function revealLeaf(client: ChainClient, reveal: LeafReveal) {
  const submitted = await submit(client, "attributionOracle", reveal.name, reveal.args as never);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "DemandAnswered") };
}

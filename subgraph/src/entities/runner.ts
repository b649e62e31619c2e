import { Address, BigInt } from "@graphprotocol/graph-ts";
import { Runner } from "../../generated/schema";

export function loadRunner(account: Address): Runner {
  let runner = Runner.load(account);
  if (runner != null) return runner;
  runner = new Runner(account);
  runner.settled = BigInt.zero();
  runner.runnerPart = BigInt.zero();
  runner.batchCount = BigInt.zero();
  return runner;
}

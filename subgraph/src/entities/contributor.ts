import { Address, BigInt } from "@graphprotocol/graph-ts";
import { Contributor } from "../../generated/schema";

export function loadContributor(account: Address): Contributor {
  let contributor = Contributor.load(account);
  if (contributor != null) return contributor;
  contributor = new Contributor(account);
  contributor.contributionCount = BigInt.zero();
  contributor.recordCount = BigInt.zero();
  contributor.standingCount = BigInt.zero();
  contributor.claimed = BigInt.zero();
  return contributor;
}

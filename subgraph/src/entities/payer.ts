import { Address, BigInt } from "@graphprotocol/graph-ts";
import { Payer } from "../../generated/schema";

export function loadPayer(account: Address): Payer {
  let payer = Payer.load(account);
  if (payer != null) return payer;
  payer = new Payer(account);
  payer.deposited = BigInt.zero();
  payer.withdrawn = BigInt.zero();
  payer.free = BigInt.zero();
  payer.spent = BigInt.zero();
  return payer;
}

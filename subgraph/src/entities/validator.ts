import { Address, BigInt } from "@graphprotocol/graph-ts";
import { Validator } from "../../generated/schema";

export function loadValidator(account: Address): Validator {
  let validator = Validator.load(account);
  if (validator != null) return validator;
  validator = new Validator(account);
  validator.commitCount = 0;
  validator.revealCount = 0;
  validator.equivocationCount = 0;
  validator.rewards = BigInt.zero();
  validator.slashed = BigInt.zero();
  return validator;
}

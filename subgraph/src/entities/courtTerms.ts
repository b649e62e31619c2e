import { BigInt, Bytes } from "@graphprotocol/graph-ts";
import { CourtTerms } from "../../generated/schema";

const ID = Bytes.fromHexString("0x01");

/** The one CourtTerms entity, made on first use. */
export function loadCourtTerms(): CourtTerms {
  let terms = CourtTerms.load(ID);
  if (terms != null) return terms;
  terms = new CourtTerms(ID);
  terms.demandDeposit = BigInt.zero();
  terms.minimumSlash = BigInt.zero();
  terms.bountyBps = 0;
  terms.disputeBond = BigInt.zero();
  terms.quorum = BigInt.zero();
  terms.jurorFeeBps = 0;
  return terms;
}

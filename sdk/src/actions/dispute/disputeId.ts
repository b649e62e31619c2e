import { encodeAbiParameters, type Hex, keccak256 } from "viem";
import { type DisputeKind, disputeKindNumber } from "./disputeKind.js";

/** The id of an offence: `keccak256(abi.encode(kind, subject, offence))`. */
export function disputeId(kind: DisputeKind, subject: Hex, offence: bigint): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: "uint8" }, { type: "bytes32" }, { type: "uint256" }],
      [disputeKindNumber(kind), subject, offence],
    ),
  );
}

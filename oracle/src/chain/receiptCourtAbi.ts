import { parseAbi } from "viem";

/** What the oracle reads of the court that judges receipts. */
export const receiptCourtAbi = parseAbi([
  "event CaseOpened(uint64 indexed batch, uint32 indexed index, address indexed runner, uint32 number, address payer, uint96 fee, uint96 locked)",
  "event BatchVoided(uint64 indexed batch, address indexed runner, uint8 indexed fault, address bountyTo, uint96 taken, uint96 bounty, uint96 refund)",
  "struct Case { uint8 state; uint64 openedAt; uint64 closedAt; }",
  "function caseOf(uint64 batch, uint32 index) view returns (Case)",
  "function voidedAt(uint64 batch) view returns (uint64)",
]);

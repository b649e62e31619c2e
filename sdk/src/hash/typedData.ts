import { type Address, concatHex, domainSeparator, type Hex, hashTypedData, keccak256, stringToBytes } from "viem";
import { joinBytes, packHex, packUint } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type {
  AgentWalletSet,
  Allocation,
  ContributionOffer,
  Disclosure,
  EraseContent,
  EraseRecords,
  Receipt,
  Release,
  SettleFor,
  SignedCommit,
  Voucher,
} from "./types.js";

/** The market whose signatures these are. A signature for one chain or contract means nothing on another. */
export type MarketDomain = { readonly chainId: number; readonly market: Address };

/** The registry of agents whose signatures these are. */
export type AgentDomain = { readonly chainId: number; readonly agentRegistry: Address };

export const VOUCHER_TYPES = {
  Voucher: [
    { name: "channel", type: "bytes32" },
    { name: "model", type: "uint64" },
    { name: "nonce", type: "uint64" },
    { name: "cumulativeCap", type: "uint96" },
    { name: "requestHash", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

export const RECEIPT_TYPES = {
  Receipt: [
    { name: "channel", type: "bytes32" },
    { name: "model", type: "uint64" },
    { name: "nonce", type: "uint64" },
    { name: "cumulative", type: "uint96" },
    { name: "fee", type: "uint96" },
    { name: "promptTokens", type: "uint32" },
    { name: "outputTokens", type: "uint32" },
    { name: "requestHash", type: "bytes32" },
    { name: "programRoot", type: "bytes32" },
    { name: "seed", type: "bytes32" },
    { name: "outputHash", type: "bytes32" },
    { name: "attributionHash", type: "bytes32" },
  ],
} as const;

export const ALLOCATION_TYPES = {
  Allocation: [
    { name: "payer", type: "address" },
    { name: "operator", type: "address" },
    { name: "runner", type: "address" },
    { name: "maxAmount", type: "uint96" },
    { name: "maxCount", type: "uint32" },
    { name: "expiry", type: "uint64" },
    { name: "nonce", type: "uint256" },
  ],
} as const;

export const SETTLE_FOR_TYPES = {
  SettleFor: [
    { name: "runner", type: "address" },
    { name: "rowsHash", type: "bytes32" },
    { name: "receiptsRoot", type: "bytes32" },
    { name: "dataHash", type: "bytes32" },
    { name: "settlementsHash", type: "bytes32" },
    { name: "expectedConfig", type: "uint32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

export const RELEASE_TYPES = {
  Release: [
    { name: "channel", type: "bytes32" },
    { name: "amount", type: "uint96" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

export const DISCLOSURE_TYPES = {
  Disclosure: [
    { name: "receipt", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

/** As ERC-8004's own registry has it, so that its tools can sign. */
export const AGENT_WALLET_TYPES = {
  AgentWalletSet: [
    { name: "agentId", type: "uint256" },
    { name: "newWallet", type: "address" },
    { name: "owner", type: "address" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/** A contract whose signatures these are, by its name in its EIP-712 domain. */
export type ContractDomain = { readonly chainId: number; readonly contract: Address };

export const CONTRIBUTE_TYPES = {
  Contribute: [
    { name: "contributor", type: "address" },
    { name: "datanet", type: "uint64" },
    { name: "recordsRoot", type: "bytes32" },
    { name: "recordCount", type: "uint32" },
    { name: "licence", type: "bytes32" },
    { name: "dataHash", type: "bytes32" },
    { name: "rules", type: "uint32" },
    { name: "nonce", type: "uint64" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

export const COMMIT_TYPES = {
  Commit: [
    { name: "scope", type: "bytes32" },
    { name: "participant", type: "address" },
    { name: "commitment", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

/**
 * The content stores whose orders these are: all of one chain. There is no verifying contract, and no store is named: what is to
 * be erased is to be erased wherever it is held.
 */
export type ContentStoreDomain = { readonly chainId: number };

export const ERASE_RECORDS_TYPES = {
  EraseRecords: [
    { name: "content", type: "bytes32" },
    { name: "contribution", type: "uint64" },
    { name: "records", type: "uint32[]" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

export const ERASE_CONTENT_TYPES = {
  EraseContent: [
    { name: "content", type: "bytes32" },
    { name: "replacement", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

function domain({ chainId, market }: MarketDomain) {
  return { name: "OpenLedger InferenceMarket", version: "1", chainId, verifyingContract: market } as const;
}

/** EIP-712 data of a voucher, ready for `signTypedData`. */
export function voucherTypedData(market: MarketDomain, voucher: Voucher) {
  return { domain: domain(market), types: VOUCHER_TYPES, primaryType: "Voucher", message: voucher } as const;
}

/** EIP-712 data of a receipt, ready for `signTypedData`. */
export function receiptTypedData(market: MarketDomain, receipt: Receipt) {
  return { domain: domain(market), types: RECEIPT_TYPES, primaryType: "Receipt", message: receipt } as const;
}

/** EIP-712 data of an allocation, ready for `signTypedData`. */
export function allocationTypedData(market: MarketDomain, allocation: Allocation) {
  return { domain: domain(market), types: ALLOCATION_TYPES, primaryType: "Allocation", message: allocation } as const;
}

/** EIP-712 data of an order to settle, ready for `signTypedData`. */
export function settleForTypedData(market: MarketDomain, order: SettleFor) {
  return { domain: domain(market), types: SETTLE_FOR_TYPES, primaryType: "SettleFor", message: order } as const;
}

/** EIP-712 data of a release, ready for `signTypedData`. */
export function releaseTypedData(market: MarketDomain, release: Release) {
  return { domain: domain(market), types: RELEASE_TYPES, primaryType: "Release", message: release } as const;
}

/** EIP-712 data of a disclosure, ready for `signTypedData`. */
export function disclosureTypedData(market: MarketDomain, disclosure: Disclosure) {
  return { domain: domain(market), types: DISCLOSURE_TYPES, primaryType: "Disclosure", message: disclosure } as const;
}

/** What the payer signs. */
export function voucherDigest(market: MarketDomain, voucher: Voucher): Hex {
  return hashTypedData(voucherTypedData(market, voucher));
}

/** What the runner signs, and the receipt's name everywhere. */
export function receiptHash(market: MarketDomain, receipt: Receipt): Hex {
  return hashTypedData(receiptTypedData(market, receipt));
}

/** What a payer signs for an operator; the allocation's name on the chain. */
export function allocationDigest(market: MarketDomain, allocation: Allocation): Hex {
  return hashTypedData(allocationTypedData(market, allocation));
}

/** What a runner signs for who settles for it. */
export function settleForDigest(market: MarketDomain, order: SettleFor): Hex {
  return hashTypedData(settleForTypedData(market, order));
}

/** What a runner signs for a payer that has money back at once. */
export function releaseDigest(market: MarketDomain, release: Release): Hex {
  return hashTypedData(releaseTypedData(market, release));
}

/** What somebody signs who asks for a disclosure. */
export function disclosureDigest(market: MarketDomain, disclosure: Disclosure): Hex {
  return hashTypedData(disclosureTypedData(market, disclosure));
}

/** EIP-712 data of a wallet's agreement, ready for `signTypedData`. */
export function agentWalletTypedData({ chainId, agentRegistry }: AgentDomain, message: AgentWalletSet) {
  const registry = {
    name: "ERC8004IdentityRegistry",
    version: "1",
    chainId,
    verifyingContract: agentRegistry,
  } as const;
  return { domain: registry, types: AGENT_WALLET_TYPES, primaryType: "AgentWalletSet", message } as const;
}

/** What a wallet signs that agrees to be an agent's. */
export function agentWalletDigest(agents: AgentDomain, message: AgentWalletSet): Hex {
  return hashTypedData(agentWalletTypedData(agents, message));
}

/** EIP-712 data of a contribution that somebody else may send, ready for `signTypedData`. */
export function contributeTypedData({ chainId, contract }: ContractDomain, offer: ContributionOffer) {
  return {
    domain: { name: "OpenLedger ContributionRegistry", version: "1", chainId, verifyingContract: contract },
    types: CONTRIBUTE_TYPES,
    primaryType: "Contribute",
    message: offer,
  } as const;
}

/**
 * EIP-712 data of a validator's commit that somebody else may send, ready for `signTypedData`.
 *
 * A validator that signs two of them for one scope is slashed, whichever was sent.
 */
export function scoresCommitTypedData({ chainId, contract }: ContractDomain, commit: SignedCommit) {
  return {
    domain: { name: "OpenLedger DatanetValidators", version: "1", chainId, verifyingContract: contract },
    types: COMMIT_TYPES,
    primaryType: "Commit",
    message: commit,
  } as const;
}

/** What a contributor signs. */
export function contributeDigest(contributions: ContractDomain, offer: ContributionOffer): Hex {
  return hashTypedData(contributeTypedData(contributions, offer));
}

/** What a validator signs. */
export function scoresCommitDigest(validators: ContractDomain, commit: SignedCommit): Hex {
  return hashTypedData(scoresCommitTypedData(validators, commit));
}

function storeDomain({ chainId }: ContentStoreDomain) {
  return { name: "OpenLedger Content Store", version: "1", chainId } as const;
}

/** EIP-712 data of an order to erase records, ready for `signTypedData`. It is meant for every store that holds the file. */
export function eraseRecordsTypedData(stores: ContentStoreDomain, order: EraseRecords) {
  return {
    domain: storeDomain(stores),
    types: ERASE_RECORDS_TYPES,
    primaryType: "EraseRecords",
    message: order,
  } as const;
}

/** EIP-712 data of an order to erase a file, ready for `signTypedData`. It is meant for every store that holds the file. */
export function eraseContentTypedData(stores: ContentStoreDomain, order: EraseContent) {
  return {
    domain: storeDomain(stores),
    types: ERASE_CONTENT_TYPES,
    primaryType: "EraseContent",
    message: order,
  } as const;
}

const eraseRecordsType = `EraseRecords(${ERASE_RECORDS_TYPES.EraseRecords.map(({ type, name }) => `${type} ${name}`).join(",")})`;

/**
 * What somebody signs who has records erased: as `hashTypedData`, which takes most of a second for 65,536 records.
 *
 * @param hash keccak-256 of the list, 2 MiB for 65,536 records; viem's when not given, and `Keccak.hash` is some ten times faster
 */
export function eraseRecordsDigest(
  stores: ContentStoreDomain,
  order: EraseRecords,
  hash: (bytes: Uint8Array) => Uint8Array = (bytes) => keccak256(bytes, "bytes"),
): Hex {
  const list = new Uint8Array(32 * order.records.length);
  const words = new DataView(list.buffer);
  for (const [at, record] of order.records.entries()) {
    if (!Number.isInteger(record) || record < 0 || record > 0xffff_ffff)
      throw new InvalidValueError("record", "an unsigned integer of 32 bits", record);
    words.setUint32(32 * at + 28, record);
  }
  const struct = joinBytes([
    keccak256(stringToBytes(eraseRecordsType), "bytes"),
    packHex("content", order.content, 32),
    packUint("contribution", order.contribution, 256),
    hash(list),
    packUint("deadline", order.deadline, 256),
  ]);
  const domain = domainSeparator({ domain: storeDomain(stores) });
  return keccak256(concatHex(["0x1901", domain, keccak256(struct)]));
}

/** What somebody signs who has a file erased. */
export function eraseContentDigest(stores: ContentStoreDomain, order: EraseContent): Hex {
  return hashTypedData(eraseContentTypedData(stores, order));
}

import { type Address, type Hex, hashTypedData } from "viem";
import type { ContributionOffer, Disclosure, Receipt, SignedCommit, Voucher } from "./types.js";

/** The market whose signatures these are. A signature for one chain or contract means nothing on another. */
export type MarketDomain = { readonly chainId: number; readonly market: Address };

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

export const DISCLOSURE_TYPES = {
  Disclosure: [
    { name: "receipt", type: "bytes32" },
    { name: "deadline", type: "uint64" },
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

/** What somebody signs who asks for a disclosure. */
export function disclosureDigest(market: MarketDomain, disclosure: Disclosure): Hex {
  return hashTypedData(disclosureTypedData(market, disclosure));
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

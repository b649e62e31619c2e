import type { Address, Hex } from "viem";

/** What a runner signs for one answer. Amounts in base units; `cumulative` and `nonce` count per (channel, model). */
export type Receipt = {
  readonly channel: Hex;
  readonly model: bigint;
  readonly nonce: bigint;
  readonly cumulative: bigint;
  readonly fee: bigint;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly requestHash: Hex;
  readonly programRoot: Hex;
  readonly seed: Hex;
  readonly outputHash: Hex;
  readonly attributionHash: Hex;
};

/** What a payer signs for one request. `deadline` in seconds since 1970; `cumulativeCap` in base units. */
export type Voucher = {
  readonly channel: Hex;
  readonly model: bigint;
  readonly nonce: bigint;
  readonly cumulativeCap: bigint;
  readonly requestHash: Hex;
  readonly deadline: bigint;
};

/**
 * What a payer signs so that an operator may put its free money into its channels. `runner` zero: any active runner's.
 * `expiry`: last second in which it may be used. Base units.
 */
export type Allocation = {
  readonly payer: Address;
  readonly operator: Address;
  readonly runner: Address;
  readonly maxAmount: bigint;
  readonly maxCount: number;
  readonly expiry: bigint;
  readonly nonce: bigint;
};

/** What a runner signs so that anyone may settle for it. `deadline`: last second in which it may be carried out. */
export type SettleFor = {
  readonly runner: Address;
  readonly rowsHash: Hex;
  readonly receiptsRoot: Hex;
  readonly dataHash: Hex;
  readonly settlementsHash: Hex;
  readonly expectedConfig: number;
  readonly deadline: bigint;
};

/** What a runner signs so that a payer has up to `amount` of unclaimed money back at once, once. */
export type Release = {
  readonly channel: Hex;
  readonly amount: bigint;
  readonly nonce: bigint;
  readonly deadline: bigint;
};

/** A request to disclose what stands behind a receipt hash. */
export type Disclosure = { readonly receipt: Hex; readonly deadline: bigint };

/** A wallet's agreement to be the wallet of an agent that `owner` owns. `deadline` in seconds since 1970. */
export type AgentWalletSet = {
  readonly agentId: bigint;
  readonly newWallet: Address;
  readonly owner: Address;
  readonly deadline: bigint;
};

/** Part of a receipt that one account has, of 65,536. */
export type Share = { readonly account: Address; readonly share: number };

/** Part of a receipt that one record has, of 65,536. `recordIndex` counts over the version's records, from 0. */
export type RecordShare = {
  readonly datanet: bigint;
  readonly version: number;
  readonly recordIndex: bigint;
  readonly share: number;
};

/** What one contributor earned by one receipt. `running` sums this contributor's amounts up to and with this one. */
export type Credit = {
  readonly contributor: Address;
  readonly batch: bigint;
  readonly receiptIndex: number;
  readonly amount: bigint;
  readonly running: bigint;
};

/** `cumulative`: all the account ever earned in the stream. `runningSum`: over the leaves up to and with this one. */
export type Payout = {
  readonly account: Address;
  readonly cumulative: bigint;
  readonly runningSum: bigint;
};

/** A contribution as its contributor signs it. `licence` as 32 bytes; `deadline` the last second in which it may be sent. */
export type ContributionOffer = {
  readonly contributor: Address;
  readonly datanet: bigint;
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  readonly licence: Hex;
  readonly dataHash: Hex;
  /** Number of the rules in force, to which the contributor agrees. */
  readonly rules: number;
  readonly nonce: bigint;
  readonly deadline: bigint;
};

/** A commitment as its participant signs it. `deadline`: the last second in which it may be sent. */
export type SignedCommit = {
  readonly scope: Hex;
  readonly participant: Address;
  readonly commitment: Hex;
  readonly deadline: bigint;
};

/**
 * An order to take records out of a contribution's file. `content`: the file's SHA-256, the contribution's `dataHash`; `records`:
 * their places in it from 0, in any order, none for all of them; `deadline`: the last second, since 1970, in which it is taken.
 */
export type EraseRecords = {
  readonly content: Hex;
  readonly contribution: bigint;
  readonly records: readonly number[];
  readonly deadline: bigint;
};

/**
 * An order to take a whole file away. `content`: its SHA-256; `replacement`: that of the file which stands for it, zero for
 * none; `deadline`: the last second, since 1970, in which it is taken.
 */
export type EraseContent = { readonly content: Hex; readonly replacement: Hex; readonly deadline: bigint };

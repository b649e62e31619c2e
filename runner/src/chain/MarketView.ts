import type { Address, Hex } from "viem";
import type { ChannelState } from "../settle/checkVoucher.js";
import type { EarlierSettlement } from "../store/RequestLedger.js";

/** What the runner reads of the market to judge a voucher. Every method @throws RunnerError `chain_unavailable`. */
export interface MarketView {
  /** Undefined when there is no such channel on this chain and market. */
  channel(channel: Hex): Promise<ChannelState | undefined>;
  /** What was settled for a channel and model so far, and the nonce it reached. */
  earlierSettlement(channel: Hex, model: bigint): Promise<EarlierSettlement>;
  /** Whether a payer lets somebody sign vouchers for it, and has not begun to take that back. */
  isAuthorizedSigner(payer: Address, signer: Address): Promise<boolean>;
  /** Whether the address is an oracle with enough stake. */
  isActiveOracle(account: Address): Promise<boolean>;
}

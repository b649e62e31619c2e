import {
  type ChainReader,
  isActive,
  readChannel,
  readModelClaimed,
  readSettledBatches,
  readSignerEnd,
} from "@openledger/sdk";
import { isAddressEqual, zeroAddress } from "viem";
import { askChain } from "./askChain.js";
import type { MarketView } from "./MarketView.js";

/** The end of a signer that is authorised and does not thaw. */
const AUTHORIZED = 2n ** 64n - 1n;

/** The market of a deployment, read from its chain. */
export function openMarketView(reader: ChainReader): MarketView {
  return {
    channel: (channel) =>
      askChain("a channel", async () => {
        const state = await readChannel(reader, channel);
        return isAddressEqual(state.payer, zeroAddress) ? undefined : state;
      }),
    earlierSettlement: (channel, model) =>
      askChain("a channel's settlements", async () => {
        const claimed = await readModelClaimed(reader, channel, model);
        if (claimed === 0n) return { claimed, nonce: 0n };
        const { runner } = await readChannel(reader, channel);
        const batches = await readSettledBatches(reader, { runner });
        const settled = batches
          .flatMap(({ record }) => record.settlements)
          .filter((settlement) => settlement.channel === channel && settlement.model === model);
        return { claimed, nonce: settled[settled.length - 1]?.nonce ?? 0n };
      }),
    isAuthorizedSigner: (payer, signer) =>
      askChain("a payer's signer", async () => (await readSignerEnd(reader, payer, signer)) === AUTHORIZED),
    isActiveOracle: (account) => askChain("an oracle's stake", () => isActive(reader, account, "Oracle")),
  };
}

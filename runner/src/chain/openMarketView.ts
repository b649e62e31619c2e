import { type ChainReader, inferenceMarketAbi, isActive, readChannel, readModelClaimed } from "@openledger/sdk";
import { isAddressEqual, zeroAddress } from "viem";
import { askChain } from "./askChain.js";
import type { MarketView } from "./MarketView.js";

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
        const logs = await reader.publicClient.getContractEvents({
          address: reader.deployment.addresses.inferenceMarket,
          abi: inferenceMarketAbi,
          eventName: "ChannelSettled",
          args: { channel, model },
          fromBlock: BigInt(reader.deployment.startBlock),
          strict: true,
        });
        return { claimed, nonce: logs[logs.length - 1]?.args.nonce ?? 0n };
      }),
    isActiveOracle: (account) => askChain("an oracle's stake", () => isActive(reader, account, "Oracle")),
  };
}

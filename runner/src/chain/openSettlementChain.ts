/** The market as settling sees it: tries, signs, sends and finds batches. */
import {
  type ChainClient,
  ContractRefusedError,
  errorsAbi,
  inferenceMarketAbi,
  refusalOf,
  settlementExpectation,
} from "@openledger/sdk";
import {
  BlockNotFoundError,
  type Log as ChainLog,
  encodeFunctionData,
  type Hex,
  type LocalAccount,
  parseEventLogs,
  TransactionReceiptNotFoundError,
} from "viem";
import type { SettleCall, SettlementChain, TransactionOutcome } from "../settle/SettlementChain.js";
import type { BatchPlace, OutboxTransaction } from "../store/BatchLedger.js";
import { askChain } from "./askChain.js";
import { openMarketView } from "./openMarketView.js";
import { openSender } from "./openSender.js";

export function openSettlementChain(client: ChainClient & { readonly account: LocalAccount }): SettlementChain {
  const { publicClient, account, deployment } = client;
  const market = { address: deployment.addresses.inferenceMarket, abi: inferenceMarketAbi } as const;
  const sender = openSender(client, "a settlement");
  const argsOf = ({ rows, receiptsRoot, dataHash, configCode, amount }: SettleCall) =>
    [rows, receiptsRoot, dataHash, settlementExpectation(configCode, amount)] as const;

  return {
    head: () =>
      askChain("its newest block", async () => {
        const { number, hash, timestamp } = await publicClient.getBlock();
        return { number, hash, timestamp };
      }),
    blockHash: (blockNumber) =>
      askChain("a block", async () => {
        try {
          return (await publicClient.getBlock({ blockNumber })).hash;
        } catch (error) {
          if (error instanceof BlockNotFoundError) return undefined;
          throw error;
        }
      }),
    channel: openMarketView(client).channel,
    configCode: () =>
      askChain("the split configuration", () => publicClient.readContract({ ...market, functionName: "configCode" })),
    findBatch: (receiptsRoot, fromBlock) =>
      askChain("a batch", async () => {
        const logs = await publicClient.getContractEvents({
          ...market,
          eventName: "BatchSettled",
          args: { runner: account.address },
          fromBlock,
          strict: true,
        });
        const found = logs.find(({ args }) => args.receiptsRoot === receiptsRoot);
        return found === undefined ? undefined : placeOf(found);
      }),
    refusal: (call) =>
      askChain("a try of a settlement", async () => {
        try {
          const { result } = await publicClient.simulateContract({
            address: market.address,
            abi: [...inferenceMarketAbi, ...errorsAbi],
            functionName: "settle",
            args: argsOf(call),
            account,
          });
          if (result !== 0n) return undefined;
          return { kind: "settles_nothing", reason: "every voucher was settled before", channel: undefined };
        } catch (error) {
          const refusal = refusalOf("inferenceMarket.settle", error);
          if (!(refusal instanceof ContractRefusedError)) throw error;
          return { kind: "reverts", reason: refusal.message, channel: channelIn(refusal.values) };
        }
      }),
    sign: (call, replaced) =>
      sender.sign(
        {
          to: market.address,
          data: encodeFunctionData({ abi: inferenceMarketAbi, functionName: "settle", args: argsOf(call) }),
        },
        replaced,
      ),
    send: sender.send,
    outcome: (transaction) => askChain("a settlement's outcome", () => outcomeOf(transaction)),
    minedNonce: sender.minedNonce,
  };

  async function outcomeOf({ hash }: OutboxTransaction): Promise<TransactionOutcome> {
    try {
      const receipt = await publicClient.getTransactionReceipt({ hash });
      if (receipt.status !== "success") return { state: "reverted" };
      const [settled] = parseEventLogs({
        abi: inferenceMarketAbi,
        eventName: "BatchSettled",
        logs: receipt.logs.filter((log) => log.address.toLowerCase() === market.address.toLowerCase()),
      });
      return settled === undefined ? { state: "settled_nothing" } : { state: "settled", place: placeOf(settled) };
    } catch (error) {
      if (error instanceof TransactionReceiptNotFoundError) return { state: "unknown" };
      throw error;
    }
  }
}

type MinedBatch = Pick<ChainLog<bigint, number, false>, "transactionHash" | "blockNumber" | "blockHash"> & {
  readonly args: { readonly batch: bigint };
};

function placeOf({ args, transactionHash, blockNumber, blockHash }: MinedBatch): BatchPlace {
  return { batch: args.batch, transaction: transactionHash, block: blockNumber, blockHash };
}

/** The market's errors about a voucher name its channel first. */
function channelIn(values: readonly unknown[]): Hex | undefined {
  const [first] = values;
  return typeof first === "string" && /^0x[0-9a-f]{64}$/i.test(first) ? (first.toLowerCase() as Hex) : undefined;
}

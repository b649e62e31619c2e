/** The market as settling sees it: tries, signs, sends and finds batches. */
import { type ChainClient, ContractRefusedError, errorsAbi, inferenceMarketAbi, refusalOf } from "@openledger/sdk";
import {
  BlockNotFoundError,
  type Log as ChainLog,
  encodeFunctionData,
  type Hex,
  keccak256,
  type LocalAccount,
  parseEventLogs,
  parseTransaction,
  TransactionReceiptNotFoundError,
} from "viem";
import type { SettleCall, SettlementChain, TransactionOutcome } from "../settle/SettlementChain.js";
import type { BatchPlace, OutboxTransaction } from "../store/BatchLedger.js";
import { askChain } from "./askChain.js";
import { openMarketView } from "./openMarketView.js";

/** A replacement must pay this much more than what it replaces, or nodes refuse it. */
const bumpPercent = 125n;
/** Of the gas that the try used: state may move between the try and the block. */
const gasPercent = 130n;

export function openSettlementChain(client: ChainClient & { readonly account: LocalAccount }): SettlementChain {
  const { publicClient, account, deployment } = client;
  const market = { address: deployment.addresses.inferenceMarket, abi: inferenceMarketAbi } as const;
  const argsOf = (call: SettleCall) => [call.rows, call.receiptsRoot, call.dataHash, call.configCode] as const;

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
      askChain("what a settlement's transaction needs", async () => {
        const data = encodeFunctionData({ abi: inferenceMarketAbi, functionName: "settle", args: argsOf(call) });
        const nonce = await publicClient.getTransactionCount({
          address: account.address,
          // A replacement takes the place of what is stuck, the first in line.
          blockTag: replaced === undefined ? "pending" : "latest",
        });
        const gas = await publicClient.estimateGas({ account, to: market.address, data });
        const fees = await publicClient.estimateFeesPerGas();
        const least = replaced === undefined ? undefined : feesOf(replaced);
        const raw = await account.signTransaction({
          type: "eip1559",
          chainId: deployment.chainId,
          to: market.address,
          data,
          nonce,
          gas: (gas * gasPercent) / 100n,
          maxFeePerGas: larger(fees.maxFeePerGas, least?.maxFeePerGas),
          maxPriorityFeePerGas: larger(fees.maxPriorityFeePerGas, least?.maxPriorityFeePerGas),
        });
        return { hash: keccak256(raw), raw, accountNonce: nonce };
      }),
    send: (transaction) =>
      askChain("the sending of a settlement", async () => {
        try {
          await publicClient.sendRawTransaction({ serializedTransaction: transaction.raw });
        } catch (error) {
          // A node that has it already, in its pool or in a block, says so: it is sent.
          if (await isKnown(transaction)) return;
          throw error;
        }
      }),
    outcome: (transaction) => askChain("a settlement's outcome", () => outcomeOf(transaction)),
    minedNonce: () =>
      askChain("the account's nonce", () =>
        publicClient.getTransactionCount({ address: account.address, blockTag: "latest" }),
      ),
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

  async function isKnown({ hash }: OutboxTransaction): Promise<boolean> {
    return publicClient.getTransaction({ hash }).then(
      () => true,
      () => false,
    );
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

function feesOf({ raw }: OutboxTransaction): { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint } {
  const { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(raw);
  return {
    maxFeePerGas: (maxFeePerGas * bumpPercent) / 100n + 1n,
    maxPriorityFeePerGas: (maxPriorityFeePerGas * bumpPercent) / 100n + 1n,
  };
}

function larger(a: bigint, b = 0n): bigint {
  return a > b ? a : b;
}

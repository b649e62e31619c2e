/** The receipt court and its verifier as answering sees them. */
import {
  type ChainClient,
  ContractRefusedError,
  errorsAbi,
  readReceiptDemand,
  readSettledBatches,
  receiptCourtAbi,
  receiptVerifierAbi,
  refusalOf,
} from "@openledger/sdk";
import {
  type Abi,
  type ContractFunctionArgs,
  decodeFunctionData,
  encodeFunctionData,
  getAbiItem,
  isAddressEqual,
  type LocalAccount,
  parseTransaction,
  toFunctionSelector,
} from "viem";
import type { CourtCall, CourtChain, DemandState } from "../court/CourtChain.js";
import { askChain } from "./askChain.js";
import { openSender } from "./openSender.js";

const disclose = getAbiItem({ abi: receiptVerifierAbi, name: "disclose" });
const discloseSelector = toFunctionSelector(disclose);
const states: readonly DemandState[] = ["none", "open", "revealed", "absent", "returned"];

export function openCourtChain(client: ChainClient & { readonly account: LocalAccount }): CourtChain {
  const { publicClient, account, deployment } = client;
  const court = { address: deployment.addresses.receiptCourt, abi: receiptCourtAbi } as const;
  const verifier = { address: deployment.addresses.receiptVerifier, abi: receiptVerifierAbi } as const;
  const sender = openSender(client, "an answer to the court");
  let clocks: { readonly trial: bigint; readonly reveal: bigint } | undefined;

  return {
    startBlock: BigInt(deployment.startBlock),
    head: () =>
      askChain("its newest block", async () => {
        const { number, hash, timestamp } = await publicClient.getBlock();
        return { number, hash, timestamp };
      }),
    timestampOf: (blockNumber) =>
      askChain("a block", async () => (await publicClient.getBlock({ blockNumber })).timestamp),
    demands: (fromBlock, toBlock) =>
      askChain("demands of receipts", async () => {
        const logs = await publicClient.getContractEvents({
          ...court,
          eventName: "ReceiptDemanded",
          fromBlock,
          toBlock,
          strict: true,
        });
        return logs
          .filter(({ args }) => isAddressEqual(args.runner, account.address))
          .map(({ args: { batch, index, deadline } }) => ({ batch, index, deadline }));
      }),
    demandOf: (batch, index) =>
      askChain("a demand", async () => {
        const { state, shown } = await readReceiptDemand(client, batch, index);
        return { state: states[state] ?? "none", shown: Number(shown) };
      }),
    header: (batch) =>
      askChain("a batch", async () => (await readSettledBatches(client, { numbers: [batch] }))[0]?.header),
    clocks: () =>
      askChain("the court's clocks", async () => {
        clocks ??= {
          trial: await publicClient.readContract({ ...court, functionName: "trialPeriod" }),
          reveal: await publicClient.readContract({ ...court, functionName: "revealPeriod" }),
        };
        return clocks;
      }),
    refusal: (call) =>
      askChain("a try of an answer", async () => {
        try {
          await publicClient.simulateContract({ ...requestOf(call), account });
          return undefined;
        } catch (error) {
          const refusal = refusalOf(`court.${call.name}`, error);
          if (!(refusal instanceof ContractRefusedError)) throw error;
          return `${refusal.errorName}(${refusal.values.map(String).join(", ")})`;
        }
      }),
    sign: (call, replaced) => {
      const request = requestOf(call);
      return sender.sign({ to: request.address, data: encodeFunctionData(request) }, replaced);
    },
    send: sender.send,
    shownBy: ({ raw }) => {
      const { data = "0x" } = parseTransaction(raw);
      if (!data.startsWith(discloseSelector)) return undefined;
      const { args } = decodeFunctionData({ abi: [disclose], data });
      const first = Number(args[1]);
      return { first, end: first + args[3].length };
    },
    minedNonce: sender.minedNonce,
  };

  function requestOf(call: CourtCall) {
    const { address, abi } = call.name === "release" ? court : verifier;
    return { address, abi: [...abi, ...errorsAbi] as Abi, functionName: call.name as string, args: argsOf(call) };
  }
}

function argsOf(call: CourtCall): readonly unknown[] {
  switch (call.name) {
    case "reveal":
      return [call.batch, call.index, call.revelation] satisfies ArgsOf<"reveal">;
    case "revealAbsent":
      return [call.batch, call.index, call.tree.count, call.tree.top] satisfies ArgsOf<"revealAbsent">;
    case "disclose": {
      const { first, count, disclosures, siblings } = call.range;
      return [call.batch, first, count, disclosures, siblings] satisfies ArgsOf<"disclose">;
    }
    case "release":
      return [call.batch] satisfies ContractFunctionArgs<typeof receiptCourtAbi, "nonpayable", "release">;
  }
}

type ArgsOf<F extends "reveal" | "revealAbsent" | "disclose"> = ContractFunctionArgs<
  typeof receiptVerifierAbi,
  "nonpayable",
  F
>;

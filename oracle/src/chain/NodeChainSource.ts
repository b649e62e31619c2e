/** The chain as a JSON-RPC node shows it. The only file that reads blocks and logs. */
import {
  type Abi,
  type Address,
  createPublicClient,
  decodeEventLog,
  type Hex,
  http,
  isAddressEqual,
  numberToHex,
  type PublicClient,
  type RpcLog,
} from "viem";
import { OracleError } from "../OracleError.js";
import type { BlockHeader } from "./ChainFact.js";
import type { ChainSource } from "./ChainSource.js";
import { followedAbis, followedEvents } from "./followedEvents.js";
import { eventValue, type ProtocolContract, type ProtocolEvent } from "./ProtocolEvent.js";

export type FollowedContracts = Readonly<Record<ProtocolContract, Address>>;

export class NodeChainSource implements ChainSource {
  readonly #client: PublicClient;
  #isRightChain = false;

  constructor(
    readonly rpcUrl: string,
    private readonly chainId: number,
    private readonly contracts: FollowedContracts,
  ) {
    this.#client = createPublicClient({
      transport: http(rpcUrl, { batch: { batchSize: 64 }, timeout: 10_000, retryCount: 1 }),
      // A cached head would hide a reorganisation.
      cacheTime: 0,
    });
  }

  async head(): Promise<bigint> {
    await this.#checkChain();
    return this.#ask("the newest block", () => this.#client.getBlockNumber({ cacheTime: 0 }));
  }

  async finalised(): Promise<bigint> {
    return this.#ask("the final block", async () => {
      const block = await this.#client.request({ method: "eth_getBlockByNumber", params: ["finalized", false] });
      // Before the first final block a node answers null.
      return block?.number == null ? 0n : BigInt(block.number);
    });
  }

  async headers(numbers: readonly bigint[]): Promise<readonly (BlockHeader | undefined)[]> {
    return this.#ask("block headers", () => Promise.all(numbers.map((number) => this.#header(number))));
  }

  async events(from: bigint, to: bigint): Promise<readonly ProtocolEvent[]> {
    return this.#ask(`events of blocks ${from} to ${to}`, async () => {
      const logs = await this.#client.request({
        method: "eth_getLogs",
        params: [{ address: Object.values(this.contracts), fromBlock: numberToHex(from), toBlock: numberToHex(to) }],
      });
      const events = logs.map((log) => this.#decode(log)).filter((event) => event !== undefined);
      return events.sort((a, b) => (a.block === b.block ? a.logIndex - b.logIndex : a.block < b.block ? -1 : 1));
    });
  }

  /** Events of another chain's contracts at the same addresses would be taken for this one's. */
  async #checkChain(): Promise<void> {
    if (this.#isRightChain) return;
    const found = await this.#ask("the chain id", () => this.#client.getChainId());
    if (found !== this.chainId) {
      throw new OracleError("wrong_chain", `${this.rpcUrl} is chain ${found}, the deployment is on ${this.chainId}.`, {
        retryable: true,
      });
    }
    this.#isRightChain = true;
  }

  async #header(number: bigint): Promise<BlockHeader | undefined> {
    const block = await this.#client.request({
      method: "eth_getBlockByNumber",
      params: [numberToHex(number), false],
    });
    if (block?.hash == null || block.number == null) return undefined;
    return { number: BigInt(block.number), hash: block.hash, parentHash: block.parentHash };
  }

  /** Undefined for an event the oracle does not follow. */
  #decode(log: RpcLog): ProtocolEvent | undefined {
    const contract = this.#contractAt(log.address);
    if (contract === undefined || log.blockNumber == null || log.blockHash == null || log.logIndex == null) {
      return undefined;
    }
    const decoded = decode(contract, log);
    if (decoded === undefined) return undefined;
    return {
      block: BigInt(log.blockNumber),
      blockHash: log.blockHash,
      logIndex: Number(log.logIndex),
      transactionHash: log.transactionHash ?? "0x",
      contract,
      name: decoded.name,
      args: decoded.args,
    };
  }

  #contractAt(address: Address): ProtocolContract | undefined {
    const found = Object.entries(this.contracts).find(([, own]) => isAddressEqual(own, address));
    return found?.[0] as ProtocolContract | undefined;
  }

  async #ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
      throw new OracleError("chain_unavailable", `Asked ${this.rpcUrl} for ${what}: ${reason}`, {
        retryable: true,
        cause,
      });
    }
  }
}

function decode(
  contract: ProtocolContract,
  log: RpcLog,
): { readonly name: string; readonly args: ProtocolEvent["args"] } | undefined {
  const [signature, ...rest] = log.topics;
  if (signature === undefined) return undefined;
  try {
    const event = decodeEventLog({
      abi: followedAbis[contract] as Abi,
      data: log.data,
      topics: [signature, ...rest] as [Hex, ...Hex[]],
    }) as unknown as { readonly eventName: string; readonly args?: unknown };
    if (!followedEvents.has(event.eventName)) return undefined;
    return { name: event.eventName, args: eventValue(event.args ?? {}) as ProtocolEvent["args"] };
  } catch {
    // An event of the contract that the oracle has no use for.
    return undefined;
  }
}

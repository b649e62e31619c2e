import { type ChainReader, modelRegistryAbi } from "@openledger/sdk";
import { askChain } from "../chain/askChain.js";

/** Looked at again: a node may know a block before it knows its events, and blocks may be replaced. */
const OVERLAP_BLOCKS = 64n;
/** Most that are asked for at once, as nodes allow. */
const MOST_BLOCKS = 5_000n;

/** Tells which models were deprecated since it was first asked: one call, and another for the events where there are new blocks. */
export class DeprecationWatch {
  /** Everything up to this block was looked at. */
  #seen: bigint | undefined;

  constructor(private readonly reader: ChainReader) {}

  /**
   * Models deprecated in blocks that are new, or newer than 64 blocks before: some more than once. None the first time.
   *
   * @throws RunnerError `chain_unavailable`
   */
  async next(): Promise<ReadonlySet<bigint>> {
    const { publicClient, deployment } = this.reader;
    const head = await askChain("its newest block", () => publicClient.getBlockNumber({ cacheTime: 0 }));
    const seen = this.#seen;
    this.#seen ??= head;
    if (seen === undefined || head === seen) return new Set();

    const start = BigInt(deployment.startBlock);
    const isReplaced = head < seen;
    const first = isReplaced ? head - OVERLAP_BLOCKS : seen - OVERLAP_BLOCKS;
    const fromBlock = first > start ? first : start;
    const toBlock = head < fromBlock + MOST_BLOCKS ? head : fromBlock + MOST_BLOCKS - 1n;
    const logs = await askChain("what models were deprecated", () =>
      publicClient.getContractEvents({
        address: deployment.addresses.modelRegistry,
        abi: modelRegistryAbi,
        eventName: "ModelDeprecated",
        fromBlock,
        toBlock,
        strict: true,
      }),
    );
    this.#seen = toBlock;
    return new Set(logs.map(({ args }) => args.model));
  }
}

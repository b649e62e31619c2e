import { type Hex, pad, toHex } from "viem";
import { describe, expect, it } from "vitest";
import type { BlockHeader, ChainFact } from "./ChainFact.js";
import type { ChainSource } from "./ChainSource.js";
import { type BlockMemory, followChain } from "./followChain.js";
import type { ProtocolEvent } from "./ProtocolEvent.js";

describe("followChain", () => {
  it("reports every block from the start, with its events, and where finality stands", async () => {
    const chain = new Chain("a", 10);
    chain.emit(4n);
    const memory = new Memory();

    const facts = await follow(chain, memory, { startBlock: 3n });

    expect(facts.map((fact) => fact.kind)).toEqual(["blocks", "finalised"]);
    expect(memory.numbers()).toEqual([3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n]);
    expect(memory.events).toEqual(chain.found);
  });

  it("says nothing when nothing is new but where finality stands", async () => {
    const chain = new Chain("a", 5);
    const memory = new Memory();
    await follow(chain, memory);

    expect(await follow(chain, memory)).toEqual([{ kind: "finalised", number: 0n }]);
  });

  it("keeps only the last header of a range far below the head", async () => {
    const memory = new Memory();

    await follow(new Chain("a", 100), memory, { rangeBlocks: 30n, exactDepth: 5n });

    expect(memory.numbers()).toEqual([30n, 60n, 90n, 95n, 96n, 97n, 98n, 99n, 100n]);
  });

  it("takes orphaned blocks back to the common ancestor, then follows the new branch", async () => {
    const chain = new Chain("a", 10);
    const memory = new Memory();
    await follow(chain, memory);

    chain.fork(7n, "b", 11);
    const facts = await follow(chain, memory);

    expect(facts[0]).toEqual({ kind: "reorganisation", ancestor: 7n, newest: 10n });
    expect(memory.blocks).toEqual(chain.blocks.slice(1));
  });

  it("sees a reorganisation that leaves the head where it was", async () => {
    const chain = new Chain("a", 10);
    const memory = new Memory();
    await follow(chain, memory);

    chain.fork(9n, "b", 10);
    const facts = await follow(chain, memory);

    expect(facts[0]).toEqual({ kind: "reorganisation", ancestor: 9n, newest: 10n });
  });

  it("sees a shorter branch as soon as a block that both know differs", async () => {
    const chain = new Chain("a", 10);
    const memory = new Memory();
    await follow(chain, memory);

    chain.fork(5n, "b", 8);
    await follow(chain, memory);

    expect(memory.blocks).toEqual(chain.blocks.slice(1));
  });

  it("starts over when no stored block is the chain's", async () => {
    const chain = new Chain("a", 80);
    const memory = new Memory();
    await follow(chain, memory);

    const other = new Chain("c", 12);
    const facts = await follow(other, memory);

    expect(facts[0]).toEqual({ kind: "reorganisation", ancestor: 0n, newest: 80n });
    expect(memory.blocks).toEqual(other.blocks.slice(1));
  });

  it("waits for a node that lags behind", async () => {
    const chain = new Chain("a", 10);
    const memory = new Memory();
    await follow(chain, memory);

    chain.blocks.splice(9);

    expect(await follow(chain, memory)).toEqual([]);
    expect(memory.numbers().at(-1)).toBe(10n);
  });

  it("believes no event of another block than the headers name", async () => {
    const chain = new Chain("a", 10);
    const other = new Chain("b", 10);
    other.emit(9n);
    const memory = new Memory();

    chain.found = other.found;

    expect(await follow(chain, memory)).toEqual([]);
  });

  it.each([
    ["before the headers", "headers", 2],
    ["between the headers and the events", "events", 1],
    ["after the events", "headers", 3],
  ] as const)("believes nothing of a range when the node changes branch %s", async (_when, moment, at) => {
    const chain = new Chain("a", 10);
    chain.emit(9n);
    const memory = new Memory();
    await follow(chain, memory, {}, 6n);
    chain.counts = { headers: 0, events: 0 };
    chain.before = (call, count) => {
      if (call === moment && count === at) chain.fork(4n, "b", 12);
    };

    const facts = await follow(chain, memory);

    expect(facts.filter((fact) => fact.kind === "blocks")).toEqual([]);
    chain.before = () => {};
    await follow(chain, memory);
    expect(memory.blocks).toEqual(chain.blocks.slice(1));
    expect(memory.events).toEqual([]);
  });
});

async function follow(
  source: ChainSource,
  memory: Memory,
  options: { readonly startBlock?: bigint; readonly rangeBlocks?: bigint; readonly exactDepth?: bigint } = {},
  head?: bigint,
): Promise<ChainFact[]> {
  const facts: ChainFact[] = [];
  const limited = head === undefined ? source : Object.assign(Object.create(source), { head: async () => head });
  const all = { startBlock: 1n, rangeBlocks: 1000n, exactDepth: 100n, ...options };
  for await (const fact of followChain({ source: limited, memory, ...all })) {
    memory.apply(fact);
    facts.push(fact);
  }
  return facts;
}

/** A chain of made-up blocks; blocks of one branch name have equal hashes. */
class Chain implements ChainSource {
  blocks: BlockHeader[] = [];
  found: ProtocolEvent[] = [];
  before: (call: "headers" | "events", count: number) => void = () => {};
  counts = { headers: 0, events: 0 };

  constructor(branch: string, head: number) {
    this.#grow(branch, head);
  }

  fork(ancestor: bigint, branch: string, head: number): void {
    this.blocks.splice(Number(ancestor) + 1);
    this.found = this.found.filter((event) => event.block <= ancestor);
    this.#grow(branch, head);
  }

  emit(block: bigint): void {
    this.found.push({
      block,
      blockHash: this.blocks[Number(block)]!.hash,
      logIndex: 0,
      transactionHash: pad("0x1"),
      contract: "inferenceMarket",
      name: "BatchSettled",
      args: {},
    });
  }

  async head(): Promise<bigint> {
    return BigInt(this.blocks.length - 1);
  }

  async finalised(): Promise<bigint> {
    return 0n;
  }

  async headers(numbers: readonly bigint[]): Promise<readonly (BlockHeader | undefined)[]> {
    this.before("headers", ++this.counts.headers);
    return numbers.map((number) => this.blocks[Number(number)]);
  }

  async events(from: bigint, to: bigint): Promise<readonly ProtocolEvent[]> {
    this.before("events", ++this.counts.events);
    return this.found.filter((event) => event.block >= from && event.block <= to);
  }

  #grow(branch: string, head: number): void {
    for (let number = this.blocks.length; number <= head; number++) {
      const hash: Hex = pad(toHex(`${branch}${number}`));
      this.blocks.push({ number: BigInt(number), hash, parentHash: this.blocks[number - 1]?.hash });
    }
  }
}

class Memory implements BlockMemory {
  blocks: BlockHeader[] = [];
  events: ProtocolEvent[] = [];

  apply(fact: ChainFact): void {
    if (fact.kind === "blocks") {
      this.blocks.push(...fact.headers);
      this.events.push(...fact.events);
    } else if (fact.kind === "reorganisation") {
      this.blocks = this.blocks.filter((block) => block.number <= fact.ancestor);
      this.events = this.events.filter((event) => event.block <= fact.ancestor);
    }
  }

  numbers(): bigint[] {
    return this.blocks.map((block) => block.number);
  }

  async newestBlock(): Promise<BlockHeader | undefined> {
    return this.blocks.at(-1);
  }

  async blocksFrom(number: bigint, limit: number): Promise<readonly BlockHeader[]> {
    return this.blocks
      .filter((block) => block.number <= number)
      .reverse()
      .slice(0, limit);
  }
}

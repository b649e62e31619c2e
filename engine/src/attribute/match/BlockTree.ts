import {
  domainHash,
  EMPTY_NODE,
  foldLevel,
  type Keccak,
  MATCH_BLOCK_BYTES,
  MATCH_DOMAINS,
  type MatchColumn,
  type MatchOpening,
  rootHash,
} from "@openledger/sdk";
import { type Hex, hexOf } from "../hex.js";
import type { Column } from "./MatchArrays.js";

const NODE_BYTES = 32;
const LEAF = 0x00;
const INNER = Uint8Array.of(0x01);
/** Blocks read at a time: 1 MiB. */
const CHUNK_BLOCKS = 4096;

/**
 * The tree over the blocks of one column, kept whole: the same as `MerkleTree` over the same leaves, with its nodes in bytes
 * and hashed in bulk, since a shard of 64 MiB has 2.4 million leaves.
 *
 * Memory: 64 bytes for each 256 of the column.
 */
export class BlockTree {
  readonly root: Hex;
  readonly #column: Column;
  /** Nodes of each level, the leaves first, without the empty ones behind them. */
  readonly #levels: Uint8Array[];
  /** What stands behind the last node of each level. */
  readonly #empty: Uint8Array[] = [new Uint8Array(NODE_BYTES)];

  constructor(keccak: Keccak, name: MatchColumn, column: Column) {
    const domain = domainHash(MATCH_DOMAINS[name]);
    this.#column = column;
    this.#levels = [hashBlocks(keccak, domain, column)];
    let below = this.#levels[0]!;
    const count = below.length / NODE_BYTES;
    while (below.length > NODE_BYTES) {
      const empty = this.#empty.at(-1)!;
      const isOdd = (below.length / NODE_BYTES) % 2 === 1;
      below = foldLevel(keccak, isOdd ? joined(below, empty) : below);
      this.#levels.push(below);
      this.#empty.push(keccak.hash(INNER, empty, empty));
    }
    this.root = rootHash(domain, count, count === 0 ? EMPTY_NODE : hexOf(below));
  }

  /** The blocks that bytes `from` to `to`, exclusive, of the column lie in, not none. */
  open(from: number, to: number): MatchOpening {
    const first = Math.floor(from / MATCH_BLOCK_BYTES);
    const end = Math.ceil(to / MATCH_BLOCK_BYTES);
    const bytes = this.#column.read(
      first * MATCH_BLOCK_BYTES,
      Math.min(end * MATCH_BLOCK_BYTES, this.#column.byteLength),
    );

    const siblings: Hex[] = [];
    let [low, high] = [first, end - 1];
    for (let level = 0; level + 1 < this.#levels.length; level++) {
      if (low % 2 === 1) siblings.push(this.#node(level, low - 1));
      if (high % 2 === 0) siblings.push(this.#node(level, high + 1));
      low = Math.floor(low / 2);
      high = Math.floor(high / 2);
    }
    return { bytes: Uint8Array.from(bytes), siblings };
  }

  #node(level: number, index: number): Hex {
    const nodes = this.#levels[level]!;
    const at = NODE_BYTES * index;
    return hexOf(at < nodes.length ? nodes.subarray(at, at + NODE_BYTES) : this.#empty[level]!);
  }
}

/** `leafHash` of each block, `[blocks, 32]`. */
function hashBlocks(keccak: Keccak, domain: Hex, column: Column): Uint8Array {
  const tag = Uint8Array.from([LEAF, ...Buffer.from(domain.slice(2), "hex")]);
  const nodes = new Uint8Array(NODE_BYTES * Math.ceil(column.byteLength / MATCH_BLOCK_BYTES));
  let node = 0;
  for (let from = 0; from < column.byteLength; from += CHUNK_BLOCKS * MATCH_BLOCK_BYTES) {
    const chunk = column.read(from, Math.min(from + CHUNK_BLOCKS * MATCH_BLOCK_BYTES, column.byteLength));
    for (let at = 0; at < chunk.length; at += MATCH_BLOCK_BYTES, node += NODE_BYTES) {
      keccak.add(tag, chunk.subarray(at, at + MATCH_BLOCK_BYTES), nodes, node);
    }
  }
  keccak.flush();
  return nodes;
}

function joined(nodes: Uint8Array, node: Uint8Array): Uint8Array {
  const all = new Uint8Array(nodes.length + node.length);
  all.set(nodes);
  all.set(node, nodes.length);
  return all;
}

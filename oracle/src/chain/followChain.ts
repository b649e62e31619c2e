/**
 * Follows the chain as a stream of facts.
 *
 * A reorganisation shows itself by a hash: the block that was stored as newest is no longer the node's block of that
 * number, or a new block's parent is not the stored one. Then stored blocks are compared downwards until one is still
 * the node's; everything above is taken back, and the new branch follows.
 *
 * A node can change branch between two answers, so a range is believed only when its headers chain, each event lies in
 * the block that the headers name, and the last header is still the node's after the events were read. Else nothing is
 * reported and the next call starts again.
 *
 * A head below the stored newest block is no reorganisation by itself: the node may lag. It is one as soon as a block
 * that both know differs.
 */
import type { BlockHeader, ChainFact } from "./ChainFact.js";
import type { ChainSource } from "./ChainSource.js";
import type { ProtocolEvent } from "./ProtocolEvent.js";

/** What was stored of the branch followed so far. */
export interface BlockMemory {
  newestBlock(): Promise<BlockHeader | undefined>;
  /** Stored blocks at or below `number`, descending, at most `limit`. */
  blocksFrom(number: bigint, limit: number): Promise<readonly BlockHeader[]>;
}

export interface FollowOptions {
  readonly source: ChainSource;
  readonly memory: BlockMemory;
  /** First block that can hold an event of the protocol. */
  readonly startBlock: bigint;
  /** Blocks asked for at once, at least 1. */
  readonly rangeBlocks: bigint;
  /** Depth below the head within which every header is stored, so that a reorganisation's ancestor is found exactly. */
  readonly exactDepth: bigint;
}

const comparedAtOnce = 32;

/**
 * Facts from the stored state to the node's head; ends when the head is reached. Each fact must be stored before the
 * next is asked for. @throws OracleError `chain_unavailable`
 */
export async function* followChain(options: FollowOptions): AsyncGenerator<ChainFact, void> {
  const { source, memory } = options;
  const head = await source.head();
  let newest = await memory.newestBlock();

  if (newest !== undefined) {
    const found = await findAncestor(source, memory, newest, head);
    if (found === "behind") return;
    if (found?.hash !== newest.hash) {
      yield { kind: "reorganisation", ancestor: found?.number ?? options.startBlock - 1n, newest: newest.number };
      newest = found;
    }
  }

  let from = newest === undefined ? options.startBlock : newest.number + 1n;
  while (from <= head) {
    const to = minimum(from + options.rangeBlocks - 1n, head);
    const exactFrom = maximum(from, minimum(to, head - options.exactDepth));
    const range = await readRange(source, from, exactFrom, to, newest);
    if (range === undefined) return;
    yield { kind: "blocks", headers: range.headers, events: range.events };
    newest = range.headers[range.headers.length - 1];
    from = to + 1n;
  }
  if (newest !== undefined) yield { kind: "finalised", number: minimum(await source.finalised(), newest.number) };
}

/**
 * The newest stored block that is still the node's; undefined when none is, `behind` when the node's head is lower than
 * what is stored but on the same branch as far as both reach.
 */
async function findAncestor(
  source: ChainSource,
  memory: BlockMemory,
  newest: BlockHeader,
  head: bigint,
): Promise<BlockHeader | undefined | "behind"> {
  let at = minimum(newest.number, head);
  while (true) {
    const stored = await memory.blocksFrom(at, comparedAtOnce);
    const actual = await source.headers(stored.map((block) => block.number));
    const place = stored.findIndex((block, index) => actual[index]?.hash === block.hash);
    if (place === 0 && at === head && head < newest.number) return "behind";
    if (place >= 0) return stored[place];
    const last = stored[stored.length - 1];
    if (last === undefined) return undefined;
    at = last.number - 1n;
  }
}

async function readRange(
  source: ChainSource,
  from: bigint,
  exactFrom: bigint,
  to: bigint,
  before: BlockHeader | undefined,
): Promise<{ headers: readonly BlockHeader[]; events: readonly ProtocolEvent[] } | undefined> {
  const headers: BlockHeader[] = [];
  for (const header of await source.headers(numbers(exactFrom, to))) {
    if (header === undefined) return undefined;
    const previous = headers[headers.length - 1] ?? (exactFrom === from ? before : undefined);
    const adjacent = previous !== undefined && previous.number + 1n === header.number;
    if (adjacent && header.parentHash !== previous.hash) return undefined;
    headers.push(header);
  }

  const events = await source.events(from, to);
  const hashes = new Map(headers.map((header) => [header.number, header.hash]));
  const fits = (event: ProtocolEvent) => (hashes.get(event.block) ?? event.blockHash) === event.blockHash;
  if (!events.every((event) => event.block >= from && event.block <= to && fits(event))) return undefined;

  const [again] = await source.headers([to]);
  return again?.hash === headers[headers.length - 1]?.hash ? { headers, events } : undefined;
}

function numbers(from: bigint, to: bigint): bigint[] {
  return Array.from({ length: Number(to - from + 1n) }, (_, index) => from + BigInt(index));
}

function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

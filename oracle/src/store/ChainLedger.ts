/** The followed branch in PostgreSQL: its blocks and events. Each fact is applied whole or not at all. */
import type { Hex } from "viem";
import type { BlockHeader, ChainFact } from "../chain/ChainFact.js";
import type { BlockMemory } from "../chain/followChain.js";
import type { ProtocolEvent } from "../chain/ProtocolEvent.js";
import type { Database, Queries, Row } from "./Database.js";

interface BlockRow extends Row {
  readonly number: string;
  readonly hash: Hex;
  readonly parent_hash: Hex | null;
}

export class ChainLedger implements BlockMemory {
  constructor(private readonly database: Database) {}

  async newestBlock(): Promise<BlockHeader | undefined> {
    const [row] = await this.database.query<BlockRow>("select * from blocks order by number desc limit 1");
    return row === undefined ? undefined : headerOf(row);
  }

  async blocksFrom(number: bigint, limit: number): Promise<readonly BlockHeader[]> {
    const rows = await this.database.query<BlockRow>(
      "select * from blocks where number <= $1 order by number desc limit $2",
      [number, limit],
    );
    return rows.map(headerOf);
  }

  async apply(fact: ChainFact): Promise<void> {
    switch (fact.kind) {
      case "blocks":
        return this.database.transaction(async (queries) => {
          await insertBlocks(queries, fact.headers, fact.events);
          await insertEvents(queries, fact.events);
        });
      case "reorganisation":
        // What was derived from the orphaned blocks hangs on their rows and goes with them.
        await this.database.query("delete from blocks where number > $1", [fact.ancestor]);
        return;
      case "finalised":
        await this.database.query(
          `delete from blocks b where number < $1 and number < (select max(number) from blocks)
             and not exists (select from events e where e.block = b.number)`,
          [fact.number],
        );
        return;
    }
  }
}

async function insertBlocks(
  { query }: Queries,
  headers: readonly BlockHeader[],
  events: readonly ProtocolEvent[],
): Promise<void> {
  const blocks = new Map<bigint, BlockHeader>();
  for (const event of events) {
    blocks.set(event.block, { number: event.block, hash: event.blockHash, parentHash: undefined });
  }
  for (const header of headers) blocks.set(header.number, header);
  const all = [...blocks.values()];
  await query("insert into blocks select * from unnest($1::bigint[], $2::text[], $3::text[])", [
    all.map((block) => block.number),
    all.map((block) => block.hash),
    all.map((block) => block.parentHash ?? null),
  ]);
}

async function insertEvents({ query }: Queries, events: readonly ProtocolEvent[]): Promise<void> {
  if (events.length === 0) return;
  await query(
    `insert into events select * from unnest(
       $1::bigint[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::jsonb[])`,
    [
      events.map((event) => event.block),
      events.map((event) => event.blockHash),
      events.map((event) => event.logIndex),
      events.map((event) => event.transactionHash),
      events.map((event) => event.contract),
      events.map((event) => event.name),
      events.map((event) => JSON.stringify(event.args)),
    ],
  );
}

function headerOf(row: BlockRow): BlockHeader {
  return { number: BigInt(row.number), hash: row.hash, parentHash: row.parent_hash ?? undefined };
}

/** What the followed events say of contributions that wait, of rounds over them, and of the records that were there before. */
import type { Contribution } from "@openledger/sdk";
import type { Address, Hex } from "viem";
import type { Queries } from "./Database.js";
import type { EventRow } from "./EventRow.js";

/** Where an event stands among all. */
export interface EventPlace {
  readonly block: bigint;
  readonly logIndex: number;
}

/** How a round ended, if it has. */
export type RoundEnd =
  | { readonly kind: "decided"; readonly accepted: bigint; readonly perPoint: bigint }
  | { readonly kind: "referred" };

/** A round as one validator sees it. */
export interface ScoringRound extends EventPlace {
  readonly round: bigint;
  /** Of the block that opened it. */
  readonly blockHash: Hex;
  readonly datanet: bigint;
  /** In the order of the scores. */
  readonly contributions: readonly bigint[];
  readonly rules: number;
  /** Seconds since 1970: the first in which no commit is taken, and the first of the reveals. */
  readonly commitsUntil: bigint;
  /** Seconds since 1970: the first in which no reveal is taken. */
  readonly revealsUntil: bigint;
  /** What the validator committed to. */
  readonly committed: Hex | undefined;
  readonly isRevealed: boolean;
  readonly end: RoundEnd | undefined;
}

/** A contribution and the block that it was committed in. */
export interface CommittedContribution {
  readonly contribution: Contribution;
  readonly block: bigint;
  readonly blockHash: Hex;
}

/** A contribution whose records are older than another's. */
export interface EarlierContribution {
  readonly contribution: Contribution;
  /** Places of its records that were revoked alone. */
  readonly revoked: ReadonlySet<number>;
}

/** Which contributions wait for a round. */
export interface WaitingQuery {
  readonly datanet: bigint;
  readonly rules: number;
  /** Those committed earlier, seconds since 1970, are left out: no round over them would end in time. */
  readonly committedSince: bigint;
  readonly untilBlock: bigint;
  readonly limit: number;
}

interface RoundRow extends EventRow {
  readonly log_index: number;
  readonly commitment: Hex | null;
  readonly revealed: boolean;
  readonly ended: string | null;
  readonly end_args: EventRow["args"] | null;
}

export class AdmissionFacts {
  constructor(private readonly queries: Queries) {}

  /** Rounds of some Datanets in which a validator can still have something to do; those that opened first before the others. */
  async rounds(datanets: readonly bigint[], validator: Address): Promise<readonly ScoringRound[]> {
    const mine = (name: string) => `exists (select from events m where m.name = '${name}'
      and m.args->>'round' = o.args->>'round' and m.args->>'validator' = $2)`;
    const rows = await this.queries.query<RoundRow>(
      `select * from (
         select o.*, c.args->>'commitment' as commitment, ${mine("ScoresRevealed")} as revealed,
           d.name as ended, d.args as end_args, ${mine("RewardCollected")} as collected
         from events o
           left join events c on c.name = 'ScoresCommitted' and c.args->>'round' = o.args->>'round'
             and c.args->>'validator' = $2
           left join events d on d.name in ('RoundDecided', 'RoundReferred') and d.args->>'round' = o.args->>'round'
         where o.name = 'RoundOpened' and o.args->>'datanet' = any($1)) r
       where ended is null or (ended = 'RoundDecided' and revealed and not collected and (end_args->>'perPoint')::numeric > 0)
       order by block, log_index`,
      [datanets.map(String), validator.toLowerCase()],
    );
    return rows.map(roundOf);
  }

  /** Contributions by their numbers, in the order asked for; those that are not known are left out. */
  async contributions(numbers: readonly bigint[]): Promise<readonly Contribution[]> {
    const rows = await this.queries.query<EventRow>(
      `select e.* from unnest($1::text[]) with ordinality as wanted(number, place)
         join events e on e.name = 'ContributionCommitted' and e.args->>'contribution' = wanted.number
       order by wanted.place`,
      [numbers.map(String)],
    );
    return rows.map(({ args }) => contributionOf(args));
  }

  /** A contribution and where it was committed; undefined where it is not known. */
  async committed(contribution: bigint): Promise<CommittedContribution | undefined> {
    const [row] = await this.queries.query<EventRow>(
      "select * from events where name = 'ContributionCommitted' and args->>'contribution' = $1",
      [contribution.toString()],
    );
    if (row === undefined) return undefined;
    return { contribution: contributionOf(row.args), block: BigInt(row.block), blockHash: row.block_hash };
  }

  /** Numbers of the rules under which anything was ever contributed to a Datanet. */
  async rulesUsed(datanet: bigint): Promise<readonly number[]> {
    const rows = await this.queries.query<{ rules: string }>(
      `select distinct (args->>'rules')::numeric as rules from events
       where name = 'ContributionCommitted' and args->>'datanet' = $1 order by 1`,
      [datanet.toString()],
    );
    return rows.map(({ rules }) => Number(rules));
  }

  /** Contributions that no round took and nobody decided, the oldest first. */
  async waiting(query: WaitingQuery): Promise<readonly Contribution[]> {
    const { datanet, rules, committedSince, untilBlock, limit } = query;
    const rows = await this.queries.query<EventRow>(
      `select c.* from events c where c.name = 'ContributionCommitted' and c.args->>'datanet' = $1
         and c.args->>'rules' = $2 and (c.args->>'committedAt')::numeric >= $3 and c.block <= $4
         and not exists (select from events s where s.args->>'contribution' = c.args->>'contribution' and s.name in
           ('ContributionEnteredRound', 'ContributionAccepted', 'ContributionRejected', 'ContributionWithdrawn',
            'ContributionRevoked'))
       order by (c.args->>'contribution')::numeric limit $5`,
      [datanet.toString(), rules.toString(), committedSince, untilBlock, limit],
    );
    return rows.map(({ args }) => contributionOf(args));
  }

  /** Licences that a Datanet allowed when a contribution was committed, 32 bytes each. */
  async licencesAt(datanet: bigint, contribution: bigint): Promise<readonly Hex[]> {
    const rows = await this.queries.query<EventRow>(
      `select e.* from events e join events c on c.name = 'ContributionCommitted' and c.args->>'contribution' = $2
       where e.name in ('DatanetCreated', 'LicencesChanged') and e.args->>'datanet' = $1
         and (e.block, e.log_index) < (c.block, c.log_index) order by e.block, e.log_index`,
      [datanet.toString(), contribution.toString()],
    );
    const allowed = new Set<Hex>();
    for (const { args } of rows) {
      for (const licence of (args.licences ?? args.added) as readonly Hex[]) allowed.add(licence);
      for (const licence of (args.removed ?? []) as readonly Hex[]) allowed.delete(licence);
    }
    return [...allowed];
  }

  /** Contributions of all Datanets with a lower number that were accepted, and not revoked, at a place; by number. */
  async earlier(contribution: bigint, { block, logIndex }: EventPlace): Promise<readonly EarlierContribution[]> {
    const before = "(%.block, %.log_index) < ($1, $2)";
    const rows = await this.queries.query<EventRow & { readonly revoked: readonly string[] }>(
      `select c.*, array(select r.args->>'index' from events r where r.name = 'RecordRevoked'
           and r.args->>'contribution' = c.args->>'contribution' and ${before.replaceAll("%", "r")}) as revoked
       from events a join events c on c.name = 'ContributionCommitted'
         and c.args->>'contribution' = a.args->>'contribution'
       where a.name = 'ContributionAccepted' and ${before.replaceAll("%", "a")}
         and (a.args->>'contribution')::numeric < $3
         and not exists (select from events w where w.name = 'ContributionRevoked'
           and w.args->>'contribution' = a.args->>'contribution' and ${before.replaceAll("%", "w")})
       order by (c.args->>'contribution')::numeric`,
      [block, logIndex, contribution],
    );
    return rows.map(({ args, revoked }) => ({
      contribution: contributionOf(args),
      revoked: new Set(revoked.map(Number)),
    }));
  }
}

function contributionOf(args: EventRow["args"]): Contribution {
  return {
    number: BigInt(args.contribution as string),
    datanet: BigInt(args.datanet as string),
    contributor: args.contributor as Address,
    recordCount: Number(args.recordCount),
    rules: Number(args.rules),
    committedAt: BigInt(args.committedAt as string),
    recordsRoot: args.recordsRoot as Hex,
    licence: args.licence as Hex,
    dataHash: args.dataHash as Hex,
  };
}

function roundOf(row: RoundRow): ScoringRound {
  const { args } = row;
  return {
    block: BigInt(row.block),
    logIndex: row.log_index,
    blockHash: row.block_hash,
    round: BigInt(args.round as string),
    datanet: BigInt(args.datanet as string),
    contributions: (args.contributions as readonly string[]).map(BigInt),
    rules: Number(args.rules),
    commitsUntil: BigInt(args.commitsUntil as string),
    revealsUntil: BigInt(args.revealsUntil as string),
    committed: row.commitment ?? undefined,
    isRevealed: row.revealed,
    end: endOf(row),
  };
}

function endOf({ ended, end_args: args }: RoundRow): RoundEnd | undefined {
  if (ended === null || args === null) return undefined;
  if (ended === "RoundReferred") return { kind: "referred" };
  return { kind: "decided", accepted: BigInt(args.accepted as string), perPoint: BigInt(args.perPoint as string) };
}

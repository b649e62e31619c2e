/** What the followed events say, typed. Every answer is of the branch that is stored now. */
import {
  ALL_RECORDS,
  type ChannelSettlement,
  type CreditOpening,
  decodeBatchRecord,
  type LeafTree,
  type PayoutOpening,
  type Price,
  type RevealedTree,
  type Revocation,
} from "@openledger/sdk";
import type { Address, Hex } from "viem";
import type { Queries } from "./Database.js";
import type { EventRow, Stored } from "./EventRow.js";

/** Where an event stands: what is derived from it is tied to this block. */
export interface Place {
  readonly block: bigint;
  readonly blockHash: Hex;
}

export interface SettledBatch extends Place {
  readonly batch: bigint;
  readonly runner: Address;
  readonly receiptsRoot: Hex;
  readonly dataHash: Hex;
  /** All it settled, base units. */
  readonly amount: bigint;
  /** Base units. */
  readonly dataAmount: bigint;
}

export interface VersionRef {
  readonly datanet: bigint;
  readonly version: number;
}

export interface RegisteredModel {
  readonly model: bigint;
  /** 0 for a base. */
  readonly base: bigint;
  readonly weightsRoot: Hex;
  readonly programRoot: Hex;
  readonly manifestHash: Hex;
  readonly price: Price;
  readonly dataBps: number;
  /** In the model's order. */
  readonly versions: readonly VersionRef[];
}

export interface PublishedVersion extends VersionRef {
  readonly root: Hex;
  readonly contributionCount: bigint;
  readonly recordCount: bigint;
  /** The Datanet's revocations when it was published: what they name is no part of it. */
  readonly revocationCount: bigint;
  readonly revocationsHash: Hex;
}

/** An index as its Datanet's owner committed to it. */
export interface IndexCommitment {
  readonly root: Hex;
  /** SHA-256 of the index file. */
  readonly dataHash: Hex;
}

export interface AcceptedContribution {
  readonly contribution: bigint;
  readonly contributor: Address;
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  /** 32 bytes, left-aligned ASCII. */
  readonly licence: Hex;
  readonly dataHash: Hex;
}

export interface OpenedEpoch extends Place {
  readonly epoch: bigint;
  /** Inclusive. */
  readonly firstBatch: bigint;
  /** Inclusive. */
  readonly lastBatch: bigint;
  readonly dataAmount: bigint;
  /** Data parts of all batches up to the last one: what pay-outs may add up to. */
  readonly dataAmountAfter: bigint;
  /** The market's chain of headers behind the last batch. */
  readonly chain: Hex;
}

export interface EpochProposal extends Place {
  readonly epoch: bigint;
  /** Running number over all epochs. */
  readonly proposal: bigint;
  readonly proposer: Address;
  readonly creditsRoot: Hex;
  readonly payoutsRoot: Hex;
  readonly dataHash: Hex;
  readonly total: bigint;
  /** Cases and voids count as they stood then, seconds since 1970. */
  readonly asOf: bigint;
  /** Seconds since 1970; from then on it may become final, once no demand is open. */
  readonly finalizableAt: bigint;
}

/** A demanded leaf that waits for its answer. */
export interface OpenDemand {
  readonly proposal: bigint;
  readonly tree: LeafTree;
  readonly index: bigint;
  readonly demander: Address;
  /** Seconds since 1970; from then on it can expire. */
  readonly deadline: bigint;
}

/** `open` also after a proposal was refuted. */
export type EpochStage = "open" | "proposed" | "final";

export interface FollowedEpoch extends OpenedEpoch {
  readonly stage: EpochStage;
  /** The proposal that stands, or that became final. */
  readonly proposal: EpochProposal | undefined;
  /** Proposals of this epoch that a proof or a silence cancelled. */
  readonly refuted: readonly EpochProposal[];
  /** Proposals of this epoch that ended without fault, since a batch was voided. */
  readonly withdrawn: readonly EpochProposal[];
}

const runnerRole = "1";
const leafTrees: readonly LeafTree[] = ["credits", "payouts"];

export class ChainFacts {
  constructor(private readonly queries: Queries) {}

  /**
   * Batches that have not been read to the end: those never tried first, then those tried longest ago.
   *
   * @param triedBefore Those tried at or after this are left out.
   */
  async unreadBatches(limit: number, triedBefore: Date): Promise<readonly SettledBatch[]> {
    const rows = await this.queries.query<EventRow>(
      `select e.* from events e left join batches b on b.batch = (e.args->>'batch')::numeric
       where e.name = 'BatchSettled' and (b.state is null or (b.state = 'reading' and b.tried_at < $2))
       order by coalesce(b.tried_at, 'epoch'::timestamptz), e.block, e.log_index limit $1`,
      [limit, triedBefore],
    );
    return rows.map(batchOf);
  }

  /** Number of the newest block that was followed. */
  async newestBlock(): Promise<bigint | undefined> {
    const [row] = await this.queries.query<{ number: string | null }>("select max(number) as number from blocks");
    return row?.number == null ? undefined : BigInt(row.number);
  }

  async batches(first: bigint, last: bigint): Promise<readonly SettledBatch[]> {
    const rows = await this.queries.query<EventRow>(
      `select * from events where name = 'BatchSettled' and (args->>'batch')::numeric between $1 and $2
       order by (args->>'batch')::numeric`,
      [first, last],
    );
    return rows.map(batchOf);
  }

  /** What a batch settled, by channel and model. */
  async settlements(batch: bigint): Promise<readonly ChannelSettlement[]> {
    const [row] = await this.queries.query<EventRow>(
      `select * from events where name = 'BatchSettled' and args->>'batch' = $1`,
      [batch.toString()],
    );
    if (row === undefined) return [];
    const { settlements, details } = row.args;
    return decodeBatchRecord({ settlements: settlements as Hex, details: details as Hex }).settlements;
  }

  async model(model: bigint): Promise<RegisteredModel | undefined> {
    const [row] = await this.queries.query<EventRow>(
      `select * from events where name = 'ModelRegistered' and args->>'model' = $1`,
      [model.toString()],
    );
    return row === undefined ? undefined : modelOf(row.args);
  }

  async models(): Promise<readonly RegisteredModel[]> {
    const rows = await this.queries.query<EventRow>(
      `select * from events where name = 'ModelRegistered' order by block, log_index`,
    );
    return rows.map((row) => modelOf(row.args));
  }

  async version(ref: VersionRef): Promise<PublishedVersion | undefined> {
    const [row] = await this.queries.query<EventRow>(
      `select * from events where name = 'VersionPublished' and args->>'datanet' = $1 and args->>'version' = $2`,
      [ref.datanet.toString(), ref.version.toString()],
    );
    return row === undefined
      ? undefined
      : {
          ...ref,
          root: row.args.root as Hex,
          contributionCount: BigInt(row.args.contributionCount as string),
          recordCount: BigInt(row.args.recordCount as string),
          revocationCount: BigInt(row.args.revocationCount as string),
          revocationsHash: row.args.revocationsHash as Hex,
        };
  }

  /** The first `count` accepted contributions of a Datanet by position, from a position on. */
  async acceptedContributions(datanet: bigint, count: bigint, from = 0n): Promise<readonly AcceptedContribution[]> {
    const rows = await this.queries.query<EventRow>(
      `select c.* from events a join events c on c.name = 'ContributionCommitted'
         and c.args->>'contribution' = a.args->>'contribution'
       where a.name = 'ContributionAccepted' and a.args->>'datanet' = $1 and (a.args->>'position')::numeric < $2
         and (a.args->>'position')::numeric >= $3
       order by (a.args->>'position')::numeric`,
      [datanet.toString(), count, from],
    );
    return rows.map(({ args }) => ({
      contribution: BigInt(args.contribution as string),
      contributor: args.contributor as Address,
      recordsRoot: args.recordsRoot as Hex,
      recordCount: Number(args.recordCount),
      licence: args.licence as Hex,
      dataHash: args.dataHash as Hex,
    }));
  }

  /** The first `count` revocations of a Datanet, or all of them, in their order. */
  async revocations(datanet: bigint, count?: bigint): Promise<readonly Revocation[]> {
    const rows = await this.queries.query<EventRow>(
      `select * from events where name in ('ContributionRevoked', 'RecordRevoked') and args->>'datanet' = $1
         and ($2::numeric is null or (args->>'revocationCountAfter')::numeric <= $2)
       order by (args->>'revocationCountAfter')::numeric`,
      [datanet.toString(), count ?? null],
    );
    return rows.map(({ name, args }) => ({
      contribution: BigInt(args.contribution as string),
      index: name === "RecordRevoked" ? Number(args.index) : ALL_RECORDS,
    }));
  }

  /** What a version's owner committed to of its index under a base. */
  async committedIndex(ref: VersionRef, base: bigint): Promise<IndexCommitment | undefined> {
    const [row] = await this.queries.query<EventRow>(
      `select * from events where name = 'IndexCommitted'
         and args->>'datanet' = $1 and args->>'version' = $2 and args->>'base' = $3`,
      [ref.datanet.toString(), ref.version.toString(), base.toString()],
    );
    return row && { root: row.args.root as Hex, dataHash: row.args.dataHash as Hex };
  }

  /** Where a runner says that it is reached. */
  async runnerEndpoint(runner: Address): Promise<string | undefined> {
    const [row] = await this.queries.query<EventRow>(
      `select * from events where name = 'EndpointSet' and args->>'operator' = $1 and args->>'role' = $2
       order by block desc, log_index desc limit 1`,
      [runner.toLowerCase(), runnerRole],
    );
    const endpoint = row?.args.endpoint;
    return typeof endpoint === "string" && endpoint !== "" ? endpoint : undefined;
  }

  async epoch(epoch: bigint): Promise<FollowedEpoch | undefined> {
    return (await this.#epochs(`and args->>'epoch' = $1`, [epoch.toString()]))[0];
  }

  /** Newest first. */
  async epochs(limit: number, before?: bigint): Promise<readonly FollowedEpoch[]> {
    const numbers = await this.queries.query<{ epoch: string }>(
      `select args->>'epoch' as epoch from events where name = 'EpochOpened'
         and ($2::numeric is null or (args->>'epoch')::numeric < $2)
       order by (args->>'epoch')::numeric desc limit $1`,
      [limit, before ?? null],
    );
    const epochs = await this.#epochs(`and args->>'epoch' = any($1)`, [numbers.map((row) => row.epoch)]);
    return [...epochs].reverse();
  }

  async newestEpoch(): Promise<FollowedEpoch | undefined> {
    return (await this.epochs(1))[0];
  }

  /** The newest final epoch at or below `epoch`. */
  async newestFinal(epoch?: bigint): Promise<FollowedEpoch | undefined> {
    const [row] = await this.queries.query<{ epoch: string }>(
      `select args->>'epoch' as epoch from events where name = 'EpochFinalized'
         and ($1::numeric is null or (args->>'epoch')::numeric <= $1)
       order by (args->>'epoch')::numeric desc limit 1`,
      [epoch ?? null],
    );
    return row === undefined ? undefined : this.epoch(BigInt(row.epoch));
  }

  /** Demands of a proposal that nobody has answered, those that expire first before the others. */
  async openDemands(proposal: bigint): Promise<readonly OpenDemand[]> {
    const rows = await this.queries.query<EventRow>(
      `select * from events d where name = 'LeafDemanded' and args->>'proposal' = $1 and not exists (
         select from events a where a.name in ('DemandAnswered', 'DepositReturned')
           and a.args->>'proposal' = $1 and a.args->>'tree' = d.args->>'tree' and a.args->>'index' = d.args->>'index')
       order by (args->>'deadline')::numeric, block, log_index`,
      [proposal.toString()],
    );
    return rows.map(({ args }) => ({
      proposal,
      tree: leafTrees[Number(args.tree)]!,
      index: BigInt(args.index as string),
      demander: args.demander as Address,
      deadline: BigInt(args.deadline as string),
    }));
  }

  /** Demands that an account made, whose proposals ended before anybody answered. */
  async strandedDemands(demander: Address): Promise<readonly OpenDemand[]> {
    const ended = await this.queries.query<EventRow>(
      `select e.* from events e where name in ('EpochRefuted', 'EpochWithdrawn') and exists (
         select from events d where d.name = 'LeafDemanded' and d.args->>'proposal' = e.args->>'proposal'
           and d.args->>'demander' = $1) order by block, log_index`,
      [demander.toLowerCase()],
    );
    const open = await Promise.all(ended.map(({ args }) => this.openDemands(BigInt(args.proposal as string))));
    return open.flat().filter((demand) => demand.demander.toLowerCase() === demander.toLowerCase());
  }

  /** What the proposer of a proposal has shown of its trees. */
  async revealed(proposal: bigint): Promise<{
    readonly credits: RevealedTree<CreditOpening>;
    readonly payouts: RevealedTree<PayoutOpening>;
  }> {
    const rows = await this.queries.query<EventRow>(
      `select * from events where name in ('CreditRevealed', 'PayoutRevealed', 'AbsenceRevealed')
         and args->>'proposal' = $1 order by block, log_index`,
      [proposal.toString()],
    );
    const credits = new Map<bigint, CreditOpening>();
    const payouts = new Map<bigint, PayoutOpening>();
    const counts: (bigint | undefined)[] = [undefined, undefined];
    for (const { name, args } of rows) {
      const index = BigInt(args.index as string);
      if (name === "CreditRevealed") credits.set(index, creditOpeningOf(args.opening as Stored));
      if (name === "PayoutRevealed") payouts.set(index, payoutOpeningOf(args.opening as Stored));
      if (name === "AbsenceRevealed") counts[Number(args.tree)] = BigInt(args.count as string);
    }
    return { credits: { leaves: credits, count: counts[0] }, payouts: { leaves: payouts, count: counts[1] } };
  }

  async #epochs(where: string, values: readonly unknown[]): Promise<readonly FollowedEpoch[]> {
    const rows = await this.queries.query<EventRow>(
      `select * from events where name like 'Epoch%' ${where} order by block, log_index`,
      values,
    );
    const epochs = new Map<string, FollowedEpoch>();
    for (const row of rows) {
      const number = row.args.epoch as string;
      const known = epochs.get(number);
      const next = applyEpochEvent(known, row);
      if (next !== undefined) epochs.set(number, next);
    }
    const sorted = [...epochs.values()].sort((a, b) => (a.epoch < b.epoch ? -1 : 1));
    return Promise.all(sorted.map((epoch) => this.#putOff(epoch)));
  }

  /** With the time that answers to demands have added. */
  async #putOff(epoch: FollowedEpoch): Promise<FollowedEpoch> {
    const { proposal } = epoch;
    if (proposal === undefined || epoch.stage === "final") return epoch;
    const [row] = await this.queries.query<{ latest: string | null }>(
      `select max((args->>'finalizableAtAfter')::numeric) as latest from events
       where name = 'DemandAnswered' and args->>'proposal' = $1`,
      [proposal.proposal.toString()],
    );
    if (row?.latest == null || BigInt(row.latest) <= proposal.finalizableAt) return epoch;
    return { ...epoch, proposal: { ...proposal, finalizableAt: BigInt(row.latest) } };
  }
}

function applyEpochEvent(epoch: FollowedEpoch | undefined, row: EventRow): FollowedEpoch | undefined {
  const { args } = row;
  if (row.name === "EpochOpened") {
    return {
      ...placeOf(row),
      epoch: BigInt(args.epoch as string),
      firstBatch: BigInt(args.firstBatch as string),
      lastBatch: BigInt(args.lastBatch as string),
      dataAmount: BigInt(args.dataAmount as string),
      dataAmountAfter: BigInt(args.dataAmountAfter as string),
      chain: args.chain as Hex,
      stage: "open",
      proposal: undefined,
      refuted: [],
      withdrawn: [],
    };
  }
  if (epoch === undefined) return undefined;
  switch (row.name) {
    case "EpochProposed":
      return { ...epoch, stage: "proposed", proposal: proposalOf(row) };
    case "EpochRefuted":
      return {
        ...epoch,
        stage: "open",
        proposal: undefined,
        refuted: epoch.proposal === undefined ? epoch.refuted : [...epoch.refuted, epoch.proposal],
      };
    case "EpochWithdrawn":
      return {
        ...epoch,
        stage: "open",
        proposal: undefined,
        withdrawn: epoch.proposal === undefined ? epoch.withdrawn : [...epoch.withdrawn, epoch.proposal],
      };
    case "EpochFinalized":
      return { ...epoch, stage: "final" };
    default:
      return epoch;
  }
}

function proposalOf(row: EventRow): EpochProposal {
  const { args } = row;
  return {
    ...placeOf(row),
    epoch: BigInt(args.epoch as string),
    proposal: BigInt(args.proposal as string),
    proposer: args.proposer as Address,
    creditsRoot: args.creditsRoot as Hex,
    payoutsRoot: args.payoutsRoot as Hex,
    dataHash: args.dataHash as Hex,
    total: BigInt(args.total as string),
    asOf: BigInt(args.asOf as string),
    finalizableAt: BigInt(args.finalizableAt as string),
  };
}

function creditOpeningOf(opening: Stored): CreditOpening {
  const credit = opening.credit as Readonly<Record<string, string>>;
  return {
    credit: {
      contributor: credit.contributor as Address,
      batch: BigInt(credit.batch!),
      receiptIndex: Number(credit.receiptIndex),
      amount: BigInt(credit.amount!),
      running: BigInt(credit.running!),
    },
    ...proofOf(opening),
  };
}

function payoutOpeningOf(opening: Stored): PayoutOpening {
  const payout = opening.payout as Readonly<Record<string, string>>;
  return {
    payout: {
      account: payout.account as Address,
      cumulative: BigInt(payout.cumulative!),
      runningSum: BigInt(payout.runningSum!),
    },
    ...proofOf(opening),
  };
}

function proofOf({ index, count, siblings }: Stored) {
  return { index: BigInt(index as string), count: BigInt(count as string), siblings: siblings as readonly Hex[] };
}

function batchOf(row: EventRow): SettledBatch {
  return {
    ...placeOf(row),
    batch: BigInt(row.args.batch as string),
    runner: row.args.runner as Address,
    receiptsRoot: row.args.receiptsRoot as Hex,
    dataHash: row.args.dataHash as Hex,
    amount: BigInt(row.args.amount as string),
    dataAmount: BigInt(row.args.dataAmount as string),
  };
}

function modelOf(args: EventRow["args"]): RegisteredModel {
  const price = args.price as Readonly<Record<string, string>>;
  const revenue = args.revenue as Readonly<Record<string, string>>;
  const versions = args.versions as readonly Readonly<Record<string, string>>[];
  return {
    model: BigInt(args.model as string),
    base: BigInt(args.base as string),
    weightsRoot: args.weightsRoot as Hex,
    programRoot: args.programRoot as Hex,
    manifestHash: args.manifestHash as Hex,
    price: {
      perRequest: BigInt(price.perRequest!),
      perPromptToken: BigInt(price.perPromptToken!),
      perOutputToken: BigInt(price.perOutputToken!),
    },
    dataBps: Number(revenue.dataBps),
    versions: versions.map((ref) => ({ datanet: BigInt(ref.datanet!), version: Number(ref.version) })),
  };
}

function placeOf(row: EventRow): Place {
  return { block: BigInt(row.block), blockHash: row.block_hash };
}

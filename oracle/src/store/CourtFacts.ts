/** What the followed events say of the courts: cases, demands, void batches, disputes, and what an account has lying there. */
import { WHOLE_BATCH } from "@openledger/sdk";
import type { Address } from "viem";
import type { Queries } from "./Database.js";
import type { EventRow } from "./EventRow.js";

/** A receipt's place in its batch. */
export interface ReceiptPlace {
  readonly batch: bigint;
  readonly receiptIndex: number;
}

/** A demand at the court: of a receipt, or of all receipts of a batch, whose place is `WHOLE_BATCH`. */
export interface ReceiptDemand extends ReceiptPlace {
  readonly demander: Address;
  /** Seconds since 1970: the first in which no answer is taken. */
  readonly deadline: bigint;
  readonly state: "open" | "answered" | "returned";
  /** Receipts of the batch, as an answer bound it. */
  readonly count: number | undefined;
}

export interface OpenDispute {
  readonly dispute: bigint;
  /** As the contract numbers it. */
  readonly kind: number;
  /** Seconds since 1970: the end of the first round. */
  readonly revealsUntil: bigint;
  /** The end of the second round; undefined when there was no appeal. */
  readonly appealedUntil: bigint | undefined;
  readonly isFinished: boolean;
}

export class CourtFacts {
  constructor(private readonly queries: Queries) {}

  /** Receipts that ever had a case, ascending. */
  async casedReceipts(): Promise<readonly ReceiptPlace[]> {
    const rows = await this.queries.query<{ batch: string; index: string }>(
      `select distinct args->>'batch' as batch, args->>'index' as index from events where name = 'CaseOpened'`,
    );
    return rows
      .map((row) => ({ batch: BigInt(row.batch), receiptIndex: Number(row.index) }))
      .sort((a, b) => (a.batch === b.batch ? a.receiptIndex - b.receiptIndex : a.batch < b.batch ? -1 : 1));
  }

  /** Batches that were struck whole. */
  async voidBatches(): Promise<readonly bigint[]> {
    const rows = await this.queries.query<{ batch: string }>(
      `select distinct args->>'batch' as batch from events where name = 'BatchVoided'`,
    );
    return rows.map((row) => BigInt(row.batch));
  }

  /** Demands of a batch's receipts, by place, that of all of them last. */
  async receiptDemands(batch: bigint): Promise<readonly ReceiptDemand[]> {
    return this.#receiptDemands(`and args->>'batch' = $1`, batch.toString());
  }

  /** An account's demands of receipts that nobody has answered. */
  async openReceiptDemands(demander: Address): Promise<readonly ReceiptDemand[]> {
    const demands = await this.#receiptDemands(`and args->>'demander' = $1`, demander.toLowerCase());
    return demands.filter(({ state }) => state === "open");
  }

  async #receiptDemands(where: string, value: string): Promise<readonly ReceiptDemand[]> {
    const rows = await this.queries.query<EventRow & { readonly ended: EventRow["args"] | null; readonly how: string }>(
      `select d.*, e.args as ended, e.name as how from (select * from events where name = 'ReceiptDemanded' ${where}) d
       left join events e on e.contract = 'receiptCourt' and e.name in ('DemandAnswered', 'DepositReturned')
         and e.args->>'batch' = d.args->>'batch' and e.args->>'index' = d.args->>'index'
       order by (d.args->>'batch')::numeric, (d.args->>'index')::numeric`,
      [value],
    );
    return rows.map(({ args, ended, how }) => ({
      batch: BigInt(args.batch as string),
      receiptIndex: Number(args.index),
      demander: args.demander as Address,
      deadline: BigInt(args.deadline as string),
      state: ended === null ? "open" : how === "DemandAnswered" ? "answered" : "returned",
      count: ended?.count === undefined ? undefined : Number(ended.count),
    }));
  }

  /** Void batches whose bounty an account got, with how many entries of theirs were refunded. */
  async convictions(account: Address): Promise<readonly { readonly batch: bigint; readonly entriesPaid: number }[]> {
    const rows = await this.queries.query<{ batch: string; paid: string | null }>(
      `select v.args->>'batch' as batch, max((p.args->>'entriesPaidAfter')::numeric) as paid
       from events v left join events p on p.name = 'PayerRefunded' and p.args->>'batch' = v.args->>'batch'
       where v.name = 'BatchVoided' and v.args->>'bountyTo' = $1 and (v.args->>'refund')::numeric > 0
       group by v.args->>'batch' order by (v.args->>'batch')::numeric`,
      [account.toLowerCase()],
    );
    return rows.map(({ batch, paid }) => ({ batch: BigInt(batch), entriesPaid: Number(paid ?? 0) }));
  }

  /** An account's disputes that are not enforced, those that end first before the others. */
  async unenforcedDisputes(filer: Address): Promise<readonly OpenDispute[]> {
    const rows = await this.queries.query<{
      dispute: string;
      kind: string;
      reveals_until: string;
      appealed_until: string | null;
      finished: boolean;
    }>(
      `select f.args->>'dispute' as dispute, f.args->>'kind' as kind, o.args->>'revealsUntil' as reveals_until,
         a.args->>'revealsUntil' as appealed_until, d.args is not null as finished
       from events f join events o on o.name = 'HearingOpened' and o.args->>'dispute' = f.args->>'dispute'
         left join events a on a.name = 'HearingAppealed' and a.args->>'dispute' = f.args->>'dispute'
         left join events d on d.name = 'HearingFinished' and d.args->>'dispute' = f.args->>'dispute'
       where f.name = 'DisputeFiled' and f.args->>'filer' = $1 and not exists (
         select from events v where v.name = 'VerdictEnforced' and v.args->>'dispute' = f.args->>'dispute')
       order by (o.args->>'revealsUntil')::numeric`,
      [filer.toLowerCase()],
    );
    return rows.map((row) => ({
      dispute: BigInt(row.dispute),
      kind: Number(row.kind),
      revealsUntil: BigInt(row.reveals_until),
      appealedUntil: row.appealed_until === null ? undefined : BigInt(row.appealed_until),
      isFinished: row.finished,
    }));
  }

  /**
   * What an account has lying in bonds of disputes and deposits of demands, or lost to them, by subject: `dispute <offence>`,
   * `demand <batch>/<index>`, `leaf <proposal>/<tree>/<index>`. Base units; 0 where all came back.
   */
  async outlays(account: Address): Promise<ReadonlyMap<string, bigint>> {
    const rows = await this.queries.query<{ subject: string; net: string }>(
      `select 'dispute ' || (f.args->>'id') as subject,
         sum((o.args->>'bond')::numeric - coalesce((d.args->>'toFiler')::numeric, 0)) as net
       from events f join events o on o.name = 'HearingOpened' and o.args->>'dispute' = f.args->>'dispute'
         left join events d on d.name = 'HearingFinished' and d.args->>'dispute' = f.args->>'dispute'
       where f.name = 'DisputeFiled' and f.args->>'filer' = $1 group by f.args->>'id'
       union all
       select 'demand ' || (f.args->>'batch') || '/' || (f.args->>'index'), (f.args->>'deposit')::numeric - coalesce(
         (select sum(coalesce(r.args->>'deposit', r.args->>'rest')::numeric) from events r
          where r.name in ('DepositReturned', 'ReceiptsShown') and r.args->>'batch' = f.args->>'batch'
            and coalesce(r.args->>'index', $2) = f.args->>'index'), 0)
       from events f where f.name = 'ReceiptDemanded' and f.args->>'demander' = $1
       union all
       select 'leaf ' || (f.args->>'proposal') || '/' || (f.args->>'tree') || '/' || (f.args->>'index'),
         (f.args->>'deposit')::numeric - coalesce((select sum((r.args->>'deposit')::numeric) from events r
           where r.name = 'DepositReturned' and r.args->>'proposal' = f.args->>'proposal'
             and r.args->>'tree' = f.args->>'tree' and r.args->>'index' = f.args->>'index'), 0)
       from events f where f.name = 'LeafDemanded' and f.args->>'demander' = $1`,
      [account.toLowerCase(), WHOLE_BATCH.toString()],
    );
    return new Map(rows.map(({ subject, net }) => [subject, BigInt(net)]));
  }
}

/** Bonds and deposits, noted before they are sent: what is on its way counts as spent. */
import type { Database } from "./Database.js";

export class OutlayLedger {
  constructor(private readonly database: Database) {}

  async note(subject: string, amount: bigint, now: Date): Promise<void> {
    await this.database.query("insert into outlays values ($1, $2, $3) on conflict do nothing", [subject, amount, now]);
  }

  async drop(subject: string): Promise<void> {
    await this.database.query("delete from outlays where subject = $1", [subject]);
  }

  /** Amounts by subject, base units. */
  async noted(): Promise<ReadonlyMap<string, bigint>> {
    const rows = await this.database.query<{ subject: string; amount: string }>("select subject, amount from outlays");
    return new Map(rows.map(({ subject, amount }) => [subject, BigInt(amount)]));
  }
}

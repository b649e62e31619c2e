/**
 * One door to PostgreSQL. The pool reconnects by itself; what cannot be reached becomes a retryable
 * `database_unavailable`, whatever form the driver gave it. All tables lie in the schema `oracle`.
 */
import { createHash } from "node:crypto";
import pg from "pg";
import { OracleError } from "../OracleError.js";
import { migrations } from "./migrations.js";

export type Row = Readonly<Record<string, unknown>>;

export interface Queries {
  query<T extends Row>(text: string, values?: readonly unknown[]): Promise<readonly T[]>;
}

// Lock numbers of this program in a database that others may share.
const migrationLock = 7_310_651;
const ownershipLock = 7_310_652;

export class Database implements Queries {
  readonly #pool: pg.Pool;

  /** @param onFault Told when an idle connection breaks; the pool replaces it. */
  constructor(url: string, onFault: (error: unknown) => void) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: 8,
      connectionTimeoutMillis: 3_000,
      statement_timeout: 15_000,
      query_timeout: 20_000,
      application_name: "openledger-oracle",
      options: "-c search_path=oracle",
    });
    this.#pool.on("error", onFault);
  }

  async query<T extends Row>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    try {
      return (await this.#pool.query<T>(text, [...values])).rows;
    } catch (error) {
      throw typed(error);
    }
  }

  /** Runs `work` in one transaction: all of it happened, or nothing did. */
  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      await client.query("begin");
      const result = await work({
        query: async <R extends Row>(text: string, values: readonly unknown[] = []) =>
          (await client.query<R>(text, [...values])).rows,
      });
      await client.query("commit");
      client.release();
      return result;
    } catch (error) {
      const rolledBack = await client.query("rollback").then(
        () => true,
        () => false,
      );
      // A connection whose transaction could not be ended must not serve another.
      client.release(!rolledBack);
      throw typed(error);
    }
  }

  /**
   * Claims this database for one oracle process, until `onLost` or `release`: two would send the same proposal twice.
   *
   * @throws OracleError `database_taken` when another process holds it.
   */
  async own(onLost: () => void): Promise<() => Promise<void>> {
    const client = await this.#connect();
    const found = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [ownershipLock]);
    if (found.rows[0]?.held !== true) {
      client.release();
      throw new OracleError(
        "database_taken",
        "Another oracle process uses this database. Stop it, or give this one a database of its own.",
        { retryable: true },
      );
    }
    let released = false;
    client.on("error", () => {
      if (released) return;
      released = true;
      client.release(true);
      onLost();
    });
    return async () => {
      if (released) return;
      released = true;
      await client.query("select pg_advisory_unlock($1)", [ownershipLock]).catch(() => {});
      client.release(true);
    };
  }

  /** Brings the tables up to date; safe to call from several processes at once. */
  async migrate(): Promise<void> {
    await this.transaction(async ({ query }) => {
      await query("select pg_advisory_xact_lock($1)", [migrationLock]);
      await query("create schema if not exists oracle");
      await query("create table if not exists migrations (number integer primary key, digest text not null)");
      const done = await query<{ number: number; digest: string }>("select * from migrations order by number");
      for (const [number, text] of migrations.entries()) {
        const digest = createHash("sha256").update(text).digest("hex");
        const known = done.find((row) => row.number === number);
        if (known === undefined) {
          await query(text);
          await query("insert into migrations values ($1, $2)", [number, digest]);
        } else if (known.digest !== digest) {
          throw new OracleError(
            "database_foreign",
            `Migration ${number} of this database has digest ${known.digest}, this program's has ${digest}: ` +
              "the database belongs to another version. Give the oracle another database.",
            { retryable: false },
          );
        }
      }
    });
  }

  async isHealthy(): Promise<boolean> {
    return this.query("select 1").then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      const client = await this.#pool.connect();
      // Without a listener a server that dies under a checked-out connection would end the process.
      if (client.listenerCount("error") === 0) client.on("error", () => {});
      return client;
    } catch (error) {
      throw typed(error);
    }
  }
}

const lostConnection = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "53300",
  "53400",
]);

/** Classes 08 (connection) and 57P (the server is stopping, starting or was killed), and the driver's own words. */
function isLostConnection(error: Error): boolean {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (lostConnection.has(code) || code.startsWith("08") || code.startsWith("57P")) return true;
  return /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable|Client was closed/i.test(
    error.message,
  );
}

function typed(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof OracleError || !isLostConnection(error)) return error;
  return new OracleError(
    "database_unavailable",
    `The oracle's database did not answer (${error.message}). Nothing is lost; the oracle goes on when it is back.`,
    { retryable: true, cause: error },
  );
}

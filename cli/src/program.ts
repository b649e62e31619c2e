import { createChainClient, formatOpen, InvalidValueError, readAdmission } from "@openledger/sdk";
import { Command } from "commander";
import { type Address, getAddress, type Hex, isAddress, isHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { renderAdmission } from "./admission/renderAdmission.js";
import { readBalances } from "./commands/balances.js";
import { readBooks } from "./commands/books.js";
import { claimFor } from "./commands/claimFor.js";
import { type Erased, eraseContribution } from "./commands/eraseContribution.js";
import { readLeaderboard } from "./commands/leaderboard.js";
import { toJson } from "./commands/toJson.js";
import type { CliConfig } from "./config.js";
import { type ConnectOptions, connect } from "./connect.js";
import { readEarnings } from "./earnings/readEarnings.js";
import { renderEarnings } from "./earnings/renderEarnings.js";
import { readKey } from "./readKey.js";
import { renderTrace } from "./trace/renderTrace.js";
import { traceReceipt } from "./trace/traceReceipt.js";

/** What the program writes to and how it says that a check failed; a test gives its own. */
export type CliOutput = { readonly write: (text: string) => void; readonly fail: () => void };

type Options = ConnectOptions & { readonly json?: true; readonly keyFile?: string };

type EarningsOptions = { readonly limit: string; readonly before?: string; readonly skip: string };

/** Most receipts of one listing of earnings: each may be in a batch's file of its own. */
const MOST_EARNINGS = 1000;

/** The `openledger` command. */
export function createProgram(config: CliConfig, output: CliOutput): Command {
  const program = new Command("openledger").description("Reads, checks and claims what the protocol pays.");
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option("--json", "print JSON")
      .option("--deployment <file>", "deployment file", config.deployment)
      .option("--rpc <url>", "chain", config.rpc)
      .option("--graphql <url>", "index", config.graphql)
      .option("--content <url>", "content store", config.content)
      .option("--runner <url>", "runner", config.runner);
  const print = (options: Options, value: unknown, text: string): void =>
    output.write(options.json ? toJson(value) : text);

  command("trace <receipt>", "walk from an answer to data, contributors and transactions, checking every root").action(
    async (receipt: string, options: Options) => {
      const hash = receiptOf(receipt);
      const trace = await traceReceipt(await connect(options), hash);
      print(options, trace, renderTrace(trace));
      if (!trace.ok) output.fail();
    },
  );

  command("books", "the protocol's totals, and whether they balance").action(async (options: Options) => {
    const books = await readBooks(await connect(options));
    const balanced = books.depositsBalance && books.partsBalance;
    const lines = Object.entries(books.totals).map(([name, amount]) => `${name.padEnd(18)} ${amount}`);
    print(options, books, `${lines.join("\n")}\n${balanced ? "The books balance." : "The books do NOT balance."}\n`);
    if (!balanced) output.fail();
  });

  command("balances <account>", "what an account has in the protocol").action(
    async (account: string, options: Options) => {
      const owner = accountOf(account);
      const balances = await readBalances(await connect(options), owner);
      const { wallet, free, channels, claimed, stakes, delegations } = balances;
      const rows = [
        ["wallet", wallet],
        ["free in the market", free],
        ["in channels", channels],
        ["claimed rewards", claimed],
        ...stakes.map(({ role, tokens }) => [`staked as ${role}`, tokens] as const),
        ...delegations.map(({ operator, role, tokens }) => [`delegated to ${role} ${operator}`, tokens] as const),
      ] as const;
      const text = rows.map(([name, amount]) => `${name.padEnd(20)} ${formatOpen(amount)} OPEN\n`).join("");
      print(options, balances, text);
    },
  );

  command(
    "earnings <account>",
    "the receipts that credit a contributor or a pool, newest first, checked by their roots",
  )
    .option("--limit <number>", `receipts, at most ${MOST_EARNINGS}`, "20")
    .option("--before <epoch>", "only of epochs before this one")
    .option("--skip <number>", "leave out so many of the newest of these credits", "0")
    .action(async (account: string, options: Options & EarningsOptions) => {
      const asked = { account: accountOf(account), ...earningsAsked(options) };
      const earnings = await readEarnings(await connect(options), asked);
      print(options, earnings, renderEarnings(earnings));
      if (!earnings.ok) output.fail();
    });

  command("leaderboard", "who contributed records that stand, or was paid, most")
    .option("--by <what>", "records or paid", "records")
    .option("--first <number>", "rows, at most 1000", "20")
    .action(async (options: Options & { readonly by: string; readonly first: string }) => {
      const rows = await readLeaderboard(await connect(options), options);
      const lines = rows.map(
        ({ account, standingCount, recordCount, claimed }) =>
          `${account} ${standingCount} of ${recordCount} records, ${formatOpen(claimed)} OPEN\n`,
      );
      print(options, rows, lines.join(""));
    });

  command("claim <account>", "pay an account what the newest final epoch gives it")
    .option("--key-file <file>", "JSON file with the privateKey that sends the transaction", config.keyFile)
    .action(async (account: string, options: Options) => {
      const payee = accountOf(account);
      const connection = await connect(options);
      const { deployment } = connection.reader;
      const sender = privateKeyToAccount(await readKey(options.keyFile));
      const client = createChainClient({ deployment, rpcUrl: options.rpc, account: sender });
      const claimed = await claimFor(connection, client, payee);
      const { amount, epoch, transaction } = claimed;
      const text = `${claimed.account} was paid ${formatOpen(amount)} OPEN of epoch ${epoch} in ${transaction}\n`;
      print(options, claimed, text);
    });

  command("erase <contribution>", "have the content store erase a contribution's records, for good")
    .option("--records <places>", "only these, from 0, as 3,5; all of them where none is named")
    .option("--withdraw", "take the contribution from all later versions first")
    .option("--key-file <file>", "JSON file with the privateKey of its contributor", config.keyFile)
    .action(async (text: string, options: Options & { readonly records?: string; readonly withdraw?: true }) => {
      const number = numberOf("contribution", text);
      const records = options.records === undefined ? [] : options.records.split(",").map(placeOf);
      const connection = await connect(options);
      const account = privateKeyToAccount(await readKey(options.keyFile));
      const client = createChainClient({ deployment: connection.reader.deployment, rpcUrl: options.rpc, account });
      const erased = await eraseContribution(connection, client, number, {
        records,
        withdraws: options.withdraw === true,
      });
      print(options, erased, renderErased(erased, options.content));
    });

  command("admission <datanet> <contribution>", "why a validator refused a contribution, or did not")
    .option("--oracle <url>", "oracle that scored it", config.oracle)
    .action(async (datanet: string, contribution: string, options: Options & { readonly oracle: string }) => {
      const asked = { datanet: numberOf("datanet", datanet), contribution: numberOf("contribution", contribution) };
      const admission = await readAdmission({ oracle: options.oracle, ...asked });
      print(options, admission, renderAdmission(admission));
    });

  return program;
}

function earningsAsked({ limit, before, skip }: EarningsOptions) {
  const most = Number(numberOf("--limit", limit));
  if (most < 1 || most > MOST_EARNINGS) throw new InvalidValueError("--limit", `1 to ${MOST_EARNINGS}`, limit);
  return {
    limit: most,
    before: before === undefined ? undefined : numberOf("--before", before),
    skip: Number(numberOf("--skip", skip)),
  };
}

function placeOf(text: string): number {
  return Number(numberOf("--records", text));
}

function renderErased({ contribution, records, content, replacement, withdrawn }: Erased, store: string): string {
  const what = records.length === 0 ? "All records" : `Records ${records.join(", ")}`;
  return [
    ...(withdrawn === undefined ? [] : [`Contribution ${contribution} was withdrawn in ${withdrawn}`]),
    `${what} of contribution ${contribution} are erased at ${store}`,
    replacement === undefined ? `nothing stands for ${content}` : `${replacement} stands for ${content}`,
    "",
  ].join("\n");
}

function numberOf(field: string, text: string): bigint {
  if (!/^[0-9]{1,19}$/.test(text)) throw new InvalidValueError(field, "a number", text);
  return BigInt(text);
}

function receiptOf(text: string): Hex {
  if (!isHex(text) || text.length !== 66) throw new InvalidValueError("receipt", "0x and 64 hex digits", text);
  return text.toLowerCase() as Hex;
}

function accountOf(text: string): Address {
  if (!isAddress(text, { strict: false })) throw new InvalidValueError("account", "0x and 40 hex digits", text);
  return getAddress(text);
}

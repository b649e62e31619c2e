/**
 * The main job on a network of its own: records to pay, then what a user does next by the guides, then killed processes,
 * then a restart. One story serves all: it takes a minute or two.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Trace } from "@openledger/cli";
import { type Devnet, repositoryRoot, type StoryEnd, startDevnet, tellStory } from "@openledger/script";
import { parseDeployment, query, RunnerClient } from "@openledger/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);

let stateDir: string;
let net: Devnet;
let end: StoryEnd;

const start = () => startDevnet({ stateDir, ports: "free" });
const graph = () => ({ url: net.urls.graphql });

function tell(): Promise<StoryEnd> {
  const { rpc, graphql, store, runner, oracle } = net.urls;
  return tellStory({
    network: {
      deployment: parseDeployment(net.deployment),
      stateDir,
      rpcUrl: rpc,
      graphUrl: graphql,
      contentUrl: store,
      runnerUrl: runner,
      oracleUrl: oracle,
    },
    to: "claimed",
    say: () => {},
  });
}

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "openledger-story-"));
  net = await start();
  end = await tell();
}, 600_000);

afterAll(async () => {
  await net?.stop();
  rmSync(stateDir, { recursive: true, force: true });
}, 60_000);

describe("the story", () => {
  test("has enough of everybody and everything", () => {
    const { figures } = end;
    expect(figures?.contributors).toBeGreaterThanOrEqual(6);
    expect(figures?.records).toBeGreaterThanOrEqual(400);
    expect(figures?.payers).toBeGreaterThanOrEqual(3);
    expect(figures?.answers).toBeGreaterThanOrEqual(25);
  });

  test("teaches the adapter the Datanet's text", () => {
    const { loss_before, loss_after } = end.figures!;
    expect(1 - loss_after / loss_before).toBeGreaterThanOrEqual(0.15);
  });

  test("names the right contributor first", () => {
    expect(end.figures!.attribution_top1_true).toBeGreaterThanOrEqual(0.6);
    expect(end.figures!.attribution_top1_generated).toBeGreaterThanOrEqual(0.4);
  });

  test("leaves books that balance to the wei, and pays every contributor", async () => {
    const { books } = end;
    const parts = books.governed + books.stakers + books.model + books.data + books.runner;
    expect(books.deposits).toBe(books.balances + books.channels + parts);
    expect(books.data).toBe(books.claimed + books.pool + books.unclaimed);
    expect(books.unclaimed).toBe(0n);
    expect(books.data).toBeGreaterThan(0n);

    const paid = (await query.contributors(graph())).filter(({ claimed }) => claimed > 0n);
    expect(paid).toHaveLength(6);
    expect(paid.reduce((sum, { claimed }) => sum + claimed, 0n)).toBe(books.claimed);
  });
});

describe("after the story", () => {
  /** Runs the program in a guide's first `js` block against this network; answers what it printed. */
  async function runGuide(name: string): Promise<string> {
    const guide = await readFile(join(repositoryRoot, "docs", name), "utf8");
    const program = /```js\n(.*?)```/s.exec(guide)![1]!;
    const here = program
      .replaceAll(".openledger/deployment.json", net.deploymentFile)
      .replaceAll("http://127.0.0.1:8545", net.urls.rpc)
      .replaceAll("http://127.0.0.1:8080", net.urls.runner)
      .replaceAll("http://127.0.0.1:5001", net.urls.store);
    // Inside the repository, where the packages it imports are found.
    const folder = join(repositoryRoot, "test", "dist", "guides");
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${name}-${process.pid}.mjs`);
    await writeFile(file, here);
    return (await run(process.execPath, [file])).stdout;
  }

  function cli(...args: string[]): Promise<{ stdout: string }> {
    const { rpc, graphql, store, runner } = net.urls;
    const places = ["--deployment", net.deploymentFile, "--rpc", rpc, "--graphql", graphql];
    const main = join(repositoryRoot, "cli", "dist", "main.js");
    return run(process.execPath, [main, ...args, ...places, "--content", store, "--runner", runner], {
      maxBuffer: 64 * 1024 * 1024,
    });
  }

  /** Every receipt the runner has signed is settled, and final epochs have handed out every data part. */
  async function untilPaidOut(): Promise<void> {
    const runner = new RunnerClient({ url: net.urls.runner });
    const isDone = async () => {
      const [totals, channels] = await Promise.all([query.protocolTotals(graph()), query.channels(graph())]);
      if (totals.allocated !== totals.dataPart) return false;
      for (const { channel, claimed } of channels) {
        let owed = 0n;
        for (const { cumulative } of (await runner.progress(channel)).values()) owed += cumulative;
        if (owed !== claimed) return false;
      }
      return true;
    };
    for (let blocks = 0; !(await isDone()); blocks++) {
      expect(blocks).toBeLessThan(90);
      const { number } = await query.indexedBlock(graph());
      await query.waitForBlock(graph(), BigInt(number) + 1n);
    }
  }

  test("the guide to paying works, and its answer is traced to records, licences and transactions", async () => {
    const printed = await runGuide("pay.md");
    const receipt = /receipt (0x[0-9a-f]{64})/.exec(printed)?.[1];
    expect(receipt).toBeDefined();

    const trace = JSON.parse((await cli("trace", receipt!, "--json")).stdout) as Trace;

    expect(trace.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(trace.checks.length).toBeGreaterThan(20);
    expect(trace.records.length).toBeGreaterThan(0);
  }, 60_000);

  test("the guide to contributing works", async () => {
    expect(await runGuide("contribute.md")).toMatch(/contribution 7 is committed/);
  }, 60_000);

  test("the command line finds the books in balance", async () => {
    const { stdout } = await cli("books", "--json");
    expect(JSON.parse(stdout)).toBeDefined();
  }, 30_000);

  test("answers bought while runner, oracle and index are killed are settled, once", async () => {
    const before = await query.protocolTotals(graph());
    const printed = await runGuide("pay.md");
    await net.kill("runner", "SIGKILL");
    await net.kill("oracle", "SIGKILL");
    await net.kill("graph", "SIGKILL");
    await Promise.all([net.healthy("runner"), net.healthy("oracle"), net.healthy("graph")]);

    expect(printed).toMatch(/receipt 0x/);
    await untilPaidOut();
    const after = await query.protocolTotals(graph());
    const channels = await query.channels(graph());
    expect(after.dataPart).toBeGreaterThan(before.dataPart);
    expect(after.settled).toBe(channels.reduce((sum, { claimed }) => sum + claimed, 0n));
    expect(after.deposited).toBe(after.withdrawn + after.free + after.inChannels + after.settled);
  }, 180_000);

  test("a restart resumes with the same balances and tells no second story", async () => {
    const before = await query.protocolTotals(graph());

    await net.stop();
    net = await start();
    const again = await tell();

    expect(again.figures).toBeNull();
    expect(again.books.claimed).toBe(end.books.claimed);
    expect(await query.protocolTotals(graph())).toEqual(before);
  }, 180_000);
});

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type EpochFile, payoutClaim } from "@openledger/sdk";
import { getAddress, pad, zeroAddress } from "viem";
import { afterEach, describe, expect, it } from "vitest";
import { OracleError } from "../OracleError.js";
import type { FollowedEpoch } from "../store/ChainFacts.js";
import { createOracleApp, type Health, type OracleView } from "./createOracleApp.js";

const account = getAddress(`0x${"ab".repeat(20)}`);
const file: EpochFile = {
  epoch: 1n,
  firstBatch: 1n,
  lastBatch: 2n,
  stream: 1n,
  total: 2n ** 80n,
  credits: [],
  payouts: [{ account, cumulative: 2n ** 80n, runningSum: 2n ** 80n }],
};
const opened: FollowedEpoch = {
  epoch: 1n,
  firstBatch: 1n,
  lastBatch: 2n,
  dataAmount: 2n ** 80n,
  block: 9n,
  blockHash: pad("0x9"),
  stage: "final",
  proposal: undefined,
  refuted: [],
  withdrawn: [],
  dataAmountAfter: 0n,
  chain: "0x",
};
const health: Health = { database: true, chain: true, block: 9n, active: false, mode: "propose", account };

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe("the oracle's API", () => {
  it("is healthy without stake: it waits to be staked", async () => {
    const { status, body } = await get("/health");

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "ok", active: false, block: "9" });
  });

  it.each(["database", "chain"] as const)("is not healthy without its %s", async (part) => {
    const { status, body } = await get("/health", { health: async () => ({ ...health, [part]: false }) });

    expect(status).toBe(503);
    expect(body.status).toBe("waiting");
  });

  it("lists epochs with amounts as decimal strings", async () => {
    const { status, body } = await get("/v1/epochs?limit=5");

    expect(status).toBe(200);
    expect(body.epochs).toMatchObject([{ epoch: "1", dataAmount: (2n ** 80n).toString(), stage: "final" }]);
  });

  it("gives the leaf data of an epoch", async () => {
    const { body } = await get("/v1/epochs/1");

    expect(body.lists).toEqual(JSON.parse(JSON.stringify(file, decimal)));
    expect(body.disputed).toEqual([]);
  });

  it("gives the arguments of a claim", async () => {
    const { body } = await get(`/v1/epochs/1/claims/${account.toLowerCase()}`);

    expect(body).toEqual(JSON.parse(JSON.stringify(payoutClaim(file, account), decimal)));
  });

  it.each([
    ["/v1/epochs?limit=0", 400, "invalid_request"],
    ["/v1/epochs?limit=101", 400, "invalid_request"],
    ["/v1/epochs?limit=x", 400, "invalid_request"],
    ["/v1/epochs?before=-1", 400, "invalid_request"],
    ["/v1/epochs/one", 400, "invalid_request"],
    ["/v1/epochs/99999999999999999999", 400, "invalid_request"],
    ["/v1/epochs/7", 404, "unknown_epoch"],
    ["/v1/epochs/1/claims/nobody", 400, "invalid_request"],
    [`/v1/epochs/1/claims/${zeroAddress}`, 404, "unknown_account"],
    ["/v1/pending/0x12", 400, "invalid_request"],
    ["/v1/admission/1/x", 400, "invalid_request"],
    ["/v1/admission/-1/1", 400, "invalid_request"],
    ["/v1/admission/1/99999999999999999999", 400, "invalid_request"],
    ["/v1/admission/1/3", 404, "not_judged"],
    ["/v1/admission/1", 404, "unknown_route"],
    ["/v1/nothing", 404, "unknown_route"],
    ["/v1/epochs/%", 400, "invalid_request"],
  ])("answers %s with %i", async (path, status, code) => {
    const answer = await get(path);

    expect(answer.status).toBe(status);
    expect(answer.body.error.code).toBe(code);
  });

  it("refuses to give claims of an epoch that is not final", async () => {
    const { status, body } = await get(`/v1/epochs/1/claims/${account}`, {
      epoch: async () => ({ ...opened, stage: "proposed" }),
    });

    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "unknown_epoch", retryable: true });
  });

  it("gives an admission as it is stored", async () => {
    const { status, body } = await get("/v1/admission/1/2");

    expect(status).toBe(200);
    expect(body).toEqual({ score: 5 });
  });

  it("answers 503 while the database is away, and tells nothing of inner faults", async () => {
    const away = new OracleError("database_unavailable", "It is away.", { retryable: true });
    const unavailable = await get("/v1/epochs", { epochs: () => Promise.reject(away) });
    const broken = await get("/v1/epochs", { epochs: () => Promise.reject(new Error("secret")) });

    expect(unavailable.status).toBe(503);
    expect(broken.status).toBe(500);
    expect(JSON.stringify(broken.body)).not.toContain("secret");
  });

  it("serves nothing but GET", async () => {
    const { status } = await get("/v1/epochs", {}, "POST");

    expect(status).toBe(405);
  });
});

async function get(path: string, change: Partial<OracleView> = {}, method = "GET") {
  const view: OracleView = {
    health: async () => health,
    epochs: async () => [opened],
    epoch: async (epoch) => (epoch === 1n ? opened : undefined),
    file: async () => file,
    ownLists: async () => undefined,
    disputed: async () => [],
    admission: async (_datanet, contribution) => {
      if (contribution === 2n) return `{"score":5}`;
      throw new OracleError("not_judged", "It waits.", { retryable: true });
    },
    pending: async () => ({ amount: 5n, receipts: 1, claimable: 0n }),
    ...change,
  };
  server = createServer(createOracleApp({ view, onFault: () => {} }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown> & { error: { code: string } },
  };
}

function decimal(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ContentClient } from "@openledger/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CardShelf } from "./CardShelf.js";
import { createApp } from "./createApp.js";
import { readStatus } from "./readStatus.js";
import type { Status } from "./Status.js";

const hostile = '<img src=x onerror="alert(1)"></script>';
const status: Status = {
  at: "2026-01-01T00:00:00.000Z",
  services: [{ name: "chain", state: "up", url: "http://127.0.0.1:8545" }],
  datanets: [{ number: "1", name: hostile, records: "4", contributions: "2", versions: 1 }],
};
let server: Server;
let url: string;
let reads: number;
let faults: unknown[];
let read: () => Promise<Status>;

beforeEach(async () => {
  reads = 0;
  faults = [];
  read = async () => status;
  const app = createApp({
    readStatus: () => {
      reads += 1;
      return read();
    },
    onFault: (error) => faults.push(error),
  });
  server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("a stranger's text travels as JSON only, which no browser takes for a page", async () => {
  const response = await fetch(`${url}/status.json`);

  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(((await response.json()) as Status).datanets?.[0]?.name).toBe(hostile);
});

test("the page runs its own script file and nothing else, and puts data in as text", async () => {
  const page = await fetch(url);
  const html = await page.text();
  const script = await (await fetch(`${url}/status.mjs`)).text();

  const policy = page.headers.get("content-security-policy")?.split("; ") ?? [];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(html.match(/<script\b[^>]*>[^<]*/g)).toEqual(['<script type="module" src="/status.mjs">']);
  expect(html).not.toMatch(/\son\w+=|style=|javascript:/);
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function/);
});

test("many viewers ask the services once", async () => {
  let answer: (status: Status) => void = () => {};
  read = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const asked = Promise.all(Array.from({ length: 5 }, () => fetch(`${url}/status.json`)));
  await expect.poll(() => reads).toBe(1);
  // The five connections are open before the answer comes.
  await expect.poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(5);
  answer(status);

  expect((await asked).map((response) => response.status)).toEqual([200, 200, 200, 200, 200]);
});

test("a failure inside is told as such, without its words", async () => {
  read = () => Promise.reject(new Error("password=hunter2"));

  const response = await fetch(`${url}/status.json`);

  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("hunter2");
  expect(faults).toHaveLength(1);
});

test.each(["/../package.json", "/%2e%2e/package.json", "/..%2fpackage.json", "/src/config.ts", "/.env"])(
  "%s is not served",
  async (path) => {
    const answered = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      request({ host: "127.0.0.1", port, path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });

    expect([403, 404]).toContain(answered);
  },
);

test("with no service up, each is shown as down and why", async () => {
  // Port 9 (discard) is answered by nobody here.
  const nowhere = "http://127.0.0.1:9";

  const found = await readStatus(
    { rpcUrl: nowhere, graphqlUrl: nowhere, storeUrl: nowhere, runnerUrl: nowhere, oracleUrl: nowhere },
    new CardShelf(new ContentClient({ url: nowhere })),
    new Date(0),
  );

  expect(found.at).toBe("1970-01-01T00:00:00.000Z");
  expect(found.services.map(({ name, state }) => [name, state])).toEqual(
    ["chain", "index", "store", "runner", "oracle"].map((name) => [name, "down"]),
  );
  expect(found.services.every(({ detail }) => detail !== undefined && detail !== "")).toBe(true);
});

test("the script shows every part that the page has a place for", () => {
  const html = readFileSync(new URL("../public/index.html", import.meta.url), "utf8");
  const script = readFileSync(new URL("../public/status.mjs", import.meta.url), "utf8");

  const places = [...html.matchAll(/<table id="(\w+)">/g)].map(([, id]) => id).sort();
  const shown = [...script.matchAll(/fill\(\s*"(\w+)"/g)].map(([, id]) => id).sort();
  expect(shown).toEqual(places);
});

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { post } from "./post.js";

let server: Server;
let port: number;
let asked = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    request.resume();
    if (request.url === "/moved") response.writeHead(307, { location: "/" }).end();
    else response.writeHead(200).end(request.url === "/long" ? "x".repeat(101) : "hello");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => server.close());

const ask = (path: string, reach: "any" | "public" = "any") =>
  post(path, "{}", { reach, timeoutMs: 2000, largestAnswer: 100, signal: new AbortController().signal });

it.each([
  "127.0.0.1",
  "localhost",
  "0x7f.1",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "169.254.169.254",
  "10.0.0.1",
  "[fe80::1]",
])("connects to no address of the oracle's own network that a stranger announces: %s", async (host) => {
  const before = asked;

  await expect(ask(`http://${host}:${port}`, "public")).rejects.toThrow("is not a public address");

  expect(asked).toBe(before);
});

it("connects to what the operator chose", async () => {
  expect(await ask(`http://localhost:${port}/`)).toEqual({ status: 200, text: "hello" });
});

it("follows no redirection", async () => {
  expect((await ask(`http://127.0.0.1:${port}/moved`)).status).toBe(307);
});

it("reads no longer answer than it may", async () => {
  await expect(ask(`http://127.0.0.1:${port}/long`)).rejects.toThrow("longer than 100 bytes");
});

it("speaks HTTP alone", async () => {
  await expect(ask("file:///etc/hostname")).rejects.toThrow("file: is not served");
});

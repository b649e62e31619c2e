import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fetchIndex, publishIndex, tombstoneIndex } from "@openledger/engine";
import {
  approveToken,
  authorizeSigner,
  channelId,
  citationToJson,
  contentHash,
  createPayer,
  datanetRegistryAbi,
  decodeIndexFile,
  deprecateModel,
  disclosureTypedData,
  encodeVoucherHeader,
  eraseContentTypedData,
  eraseRecordsTypedData,
  type ProvisionalAttribution,
  readContributionsOf,
  readDues,
  readModel,
  readModelClaimed,
  registerAdapter,
  SHARE_WHOLE,
  stake,
  thawChannel,
  thawSigner,
  transferToken,
  VOUCHER_HEADER,
  type Voucher,
  voucherTypedData,
  withdrawContribution,
} from "@openledger/sdk";
import pg from "pg";
import { type Hex, type LocalAccount, parseSignature, serializeSignature } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { collectDues } from "./collectDues.js";
import { readRunnerConfig } from "./config.js";
import { open, TestNetwork } from "./testing/TestNetwork.js";
import { bodyOf, receiptIn, TestPayer } from "./testing/TestPayer.js";
import { serveHere, type TestRunner } from "./testing/TestRunner.js";

let network: TestNetwork;
let base: bigint;
let adapter: bigint;
/** One runner for all tests that need no settings of their own. */
let shared: TestRunner;
let env: Record<string, string>;
let own: TestRunner | undefined;
let url = "";

beforeAll(async () => {
  network = await TestNetwork.start();
  base = await network.registerBase();
  adapter = (await network.registerAdapter(base)).model;
  env = await network.env();
  shared = await serveHere(env, 2);
}, 240_000);

afterAll(async () => {
  await shared?.stop();
  await network?.stop();
});

beforeEach(() => {
  url = shared.url;
});

afterEach(async () => {
  await own?.stop();
  own = undefined;
});

async function fundedPayer(index: number, model: bigint, amount = open): Promise<TestPayer> {
  const payer = new TestPayer(await network.payer(index), network.account(1).address, model);
  await payer.open(amount);
  return payer;
}

const get = async (path: string) => {
  const response = await fetch(`${url}${path}`);
  // biome-ignore lint/suspicious/noExplicitAny: what a client sees, looked into by assertions.
  return { status: response.status, body: (await response.json()) as any };
};
const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  // biome-ignore lint/suspicious/noExplicitAny: what a client sees, looked into by assertions.
  return { status: response.status, body: (await response.json()) as any };
};

test("a payer gets an attributed answer, verifies it against the chain, and it is settled", async () => {
  own = await serveHere({ ...(await network.env()), SETTLE_RECEIPTS: "2" }, 2);
  url = own.url;
  const client = await network.payer(4);
  const payer = await createPayer({ client, runnerUrl: url });
  await payer.fund(open);

  const first = await payer.ask({ model: adapter, prompt: "const alpha7 = (x) => x", maxTokens: 12 });
  const pieces: string[] = [];
  const second = await payer.ask(
    { model: adapter, prompt: "const beta14 =", maxTokens: 12 },
    { onText: (text) => pieces.push(text) },
  );

  expect(first.receipt.nonce).toBe(1n);
  expect(second.receipt.cumulative).toBe(first.fee + second.fee);
  expect(pieces.join("")).toBe(second.text);
  expect(first.attribution.shares.reduce((sum, { share }) => sum + share, 0)).toBe(SHARE_WHOLE);
  for (const record of first.attribution.records) {
    expect(["MIT", "Apache-2.0"]).toContain(record.licence);
    expect(record.excerpt.length).toBeGreaterThan(0);
  }
  await vi.waitFor(
    async () => expect(await readModelClaimed(client, payer.channel, adapter)).toBe(second.receipt.cumulative),
    { timeout: 20_000, interval: 50 },
  );
  await vi.waitFor(
    async () => {
      const { body } = await get(`/v1/receipts/${first.receiptHash}`);
      expect(body.settlement).toMatchObject({ batch: expect.stringMatching(/^\d+$/) });
      expect(body.attribution.citations).toEqual(first.attribution.citations?.map(citationToJson));
    },
    { timeout: 20_000, interval: 50 },
  );
  // that it was searched; what these words are is for a model to say that has learnt some
  expect(first.attribution.citations).toBeDefined();

  const owed = await readDues(client, payer.runner, []);
  await collectDues(readRunnerConfig(env), () => {});
  const left = await readDues(client, payer.runner, []);
  expect(owed.runner).toBeGreaterThan(0n);
  expect([left.runner, left.stakers]).toEqual([0n, 0n]);
});

test("the base answers without naming anyone, and the same seed gives the same answer", async () => {
  const payer = await fundedPayer(5, base);
  const seed: Hex = `0x${"07".repeat(32)}`;

  const first = await payer.ask(url, payer.request("function add(a, b) {", { seed }));
  const second = await payer.ask(url, payer.request("function add(a, b) {", { seed }));

  expect([first.status, second.status]).toEqual([200, 200]);
  expect(first.body.openledger.attribution).toMatchObject({ shares: [], records: [] });
  expect(second.body.choices[0].text).toBe(first.body.choices[0].text);
  expect(receiptIn(first).fee).toBe(
    1_000n + 10n * BigInt(first.body.usage.prompt_tokens) + 100n * BigInt(first.body.usage.completion_tokens),
  );
});

test("without a voucher the price is quoted", async () => {
  const payer = await fundedPayer(4, adapter);

  const { status, body } = await post("/v1/completions", JSON.stringify(bodyOf(payer.request("const alpha ="))));

  expect(status).toBe(402);
  expect(body.error).toMatchObject({ code: "payment_required", type: "payment_error" });
  expect(body.openledger).toMatchObject({ runner: network.account(1).address, chainId: 31337, model: `${adapter}` });
  expect(BigInt(body.openledger.maxFee)).toBe(2_000n + 20n * BigInt(body.openledger.promptTokens) + 200n * 8n);
});

test("a voucher that could not be settled is refused and leaves no trace", async () => {
  const payer = await fundedPayer(4, adapter);
  const foreign = await otherRunnersChannel(6);
  const request = payer.request("const alpha =");
  const good = payer.voucher(request);
  const stranger = network.account(20);
  const elsewhere = { ...payer.domain, chainId: 1 };
  const otherMarket = { ...payer.domain, market: network.deployment.addresses.openToken };
  const account = payer.client.account;
  const soon = BigInt(Math.floor(Date.now() / 1000) + 30);
  const cases: readonly [string, number, Voucher, LocalAccount?, typeof payer.domain?][] = [
    ["voucher_wrong_signer", 402, good, stranger],
    ["voucher_wrong_signer", 402, good, account, elsewhere],
    ["voucher_wrong_signer", 402, good, account, otherMarket],
    ["unknown_channel", 402, { ...good, channel: `0x${"11".repeat(32)}` }],
    ["channel_of_another_runner", 402, { ...good, channel: foreign }],
    ["voucher_wrong_model", 402, { ...good, model: base }],
    ["voucher_wrong_request", 402, { ...good, requestHash: `0x${"22".repeat(32)}` }],
    ["voucher_cap_too_low", 402, { ...good, cumulativeCap: 2_000n }],
    ["channel_exhausted", 402, { ...good, cumulativeCap: open + 1n }],
    ["voucher_expires_too_soon", 402, { ...good, deadline: soon }],
    ["nonce_out_of_order", 409, { ...good, nonce: 2n }],
    ["nonce_taken", 409, { ...good, nonce: 0n }],
  ];

  for (const [code, status, voucher, signer, domain] of cases) {
    const reply = await payer.ask(url, request, await payer.header(request, voucher, signer, domain));
    expect([reply.status, reply.body.error.code], code).toEqual([status, code]);
  }

  const channel = await get(`/v1/channels/${payer.channel}`);
  expect(channel.body.models).toEqual({});
  expect((await payer.ask(url, request)).status).toBe(200);
});

async function otherRunnersChannel(index: number): Promise<Hex> {
  const other = await network.payer(8);
  await transferToken(network.client(0), { to: other.account.address, amount: 20_000n * open });
  await approveToken(other, { spender: network.deployment.addresses.stakingManager, amount: 20_000n * open });
  await stake(other, { role: "Runner", amount: 20_000n * open });
  const payer = new TestPayer(await network.payer(index), other.account.address, adapter);
  await payer.open(open);
  return channelId(payer.domain, {
    payer: payer.client.account.address,
    runner: other.account.address,
    salt: payer.channelSalt,
  });
}

test("an authorised signer's vouchers are taken and settled, until the payer takes the right back", async () => {
  own = await serveHere({ ...(await network.env()), SETTLE_RECEIPTS: "1" }, 2);
  url = own.url;
  const payer = await fundedPayer(4, adapter);
  const signer = network.account(21);
  await authorizeSigner(payer.client, { signer: signer.address });
  const request = payer.request("const alpha =");

  const reply = await payer.ask(url, request, await payer.header(request, payer.voucher(request), signer));

  expect(reply.status).toBe(200);
  await vi.waitFor(
    async () => expect(await readModelClaimed(payer.client, payer.channel, adapter)).toBe(receiptIn(reply).cumulative),
    { timeout: 20_000, interval: 50 },
  );
  await thawSigner(payer.client, { signer: signer.address });
  const next = payer.request("const beta =");
  const refused = await payer.ask(url, next, await payer.header(next, payer.voucher(next), signer));
  expect([refused.status, refused.body.error.code]).toEqual([402, "voucher_wrong_signer"]);
});

test("what one batch may not hold goes into another, which starts where the first ended", async () => {
  own = await serveHere({ ...(await network.env()), SETTLE_RECEIPTS: "4", MAXIMUM_BATCH_RECEIPTS: "2" }, 2);
  url = own.url;
  const payer = await fundedPayer(4, adapter);

  for (let at = 0; at < 4; at++) expect((await payer.ask(url, payer.request(`${at}`))).status).toBe(200);

  await vi.waitFor(
    () => {
      const settled = own!.logged.filter(({ message }) => message === "settled a batch");
      expect(settled.map(({ facts }) => facts.receipts)).toEqual([2, 2]);
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(await readModelClaimed(payer.client, payer.channel, adapter)).toBe(payer.cumulative);
});

test("a signature that the market would refuse is refused here", async () => {
  const payer = await fundedPayer(4, adapter);
  const request = payer.request("const alpha =");
  const voucher = payer.voucher(request);
  const signature = await payer.client.account.signTypedData(voucherTypedData(payer.domain, voucher));
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const { r, s, yParity } = parseSignature(signature);
  const highS = serializeSignature({
    r,
    s: `0x${(order - BigInt(s)).toString(16).padStart(64, "0")}`,
    yParity: 1 - yParity,
  });

  const reply = await payer.ask(url, request, encodeVoucherHeader({ voucher, signature: highS, salt: request.salt }));

  expect([reply.status, reply.body.error.code]).toEqual([400, "malformed_voucher"]);
});

test("money that the payer is taking back is not counted on", async () => {
  const payer = await fundedPayer(4, adapter);
  await thawChannel(payer.client, { channel: payer.channel, amount: open - 50_000n });

  const reply = await payer.ask(url, payer.request("const alpha ="));

  expect([reply.status, reply.body.error.code]).toEqual([402, "channel_exhausted"]);
  expect(reply.body.openledger.available).toBe("50000");
});

test("malformed requests are told what is wrong", async () => {
  const body = (more: object) => JSON.stringify({ model: `${adapter}`, prompt: "const alpha =", ...more });
  const json = { "content-type": "application/json" };
  const cases: readonly [number, string, string, Record<string, string>?][] = [
    [400, "malformed_json", '{"model": "2", "prompt": '],
    [400, "invalid_request", "[]"],
    [413, "body_too_large", body({ prompt: "x".repeat(70_000) })],
    [404, "unknown_model", body({ model: "999" })],
    [400, "invalid_request", body({ model: "gpt-4" })],
    [400, "invalid_request", body({ model: `${2n ** 64n}` })],
    [400, "invalid_request", body({ prompt: "" })],
    [400, "invalid_request", body({ prompt: "a\0b" })],
    [400, "invalid_request", body({ temperature: 0.12345 })],
    [400, "invalid_request", body({ max_tokens: 0 })],
    [400, "request_too_long", body({ max_tokens: 512 })],
    [400, "request_too_long", body({ prompt: "const alpha = ".repeat(500) })],
    [400, "unsupported_parameter", body({ stop: ["\n"] })],
    [415, "unsupported_media_type", body({}), { "content-type": "text/plain" }],
    [415, "unsupported_media_type", body({}), { ...json, "content-encoding": "gzip" }],
    [400, "malformed_voucher", body({}), { ...json, [VOUCHER_HEADER]: "%%%" }],
    [400, "malformed_voucher", body({}), { ...json, [VOUCHER_HEADER]: "e30" }],
    [400, "malformed_voucher", body({}), { ...json, [VOUCHER_HEADER]: "A".repeat(5_000) }],
  ];

  for (const [status, code, text, headers] of cases) {
    const reply = await post("/v1/completions", text, headers);
    expect([reply.status, reply.body.error.code], `${code} ${text.slice(0, 80)}`).toEqual([status, code]);
  }
  expect((await get("/v1/nothing")).body.error.code).toBe("unknown_route");
  expect((await get(`/v1/receipts/0x${"00".repeat(32)}`)).body.error.code).toBe("unknown_receipt");
  expect((await get("/v1/receipts/0x12")).body.error.code).toBe("invalid_request");
});

test("the same voucher again gets the same answer and is charged once; another request for its nonce is refused", async () => {
  const payer = await fundedPayer(4, adapter);
  const request = payer.request("const alpha7 =");
  const header = await payer.header(request, payer.voucher(request));

  const first = await payer.ask(url, request, header);
  const again = await payer.ask(url, request, header);
  const other = payer.request("const beta =");
  const stolen = await payer.ask(url, other, await payer.header(other, payer.voucher(other, { nonce: 1n })));

  expect(again.body).toEqual(first.body);
  expect([stolen.status, stolen.body.error.code]).toEqual([409, "nonce_taken"]);
  const { body } = await get(`/v1/channels/${payer.channel}`);
  expect(body.models).toMatchObject({
    [`${adapter}`]: {
      nonce: "1",
      cumulative: `${receiptIn(first).cumulative}`,
      voucher: { channel: payer.channel, nonce: "1" },
      signature: expect.stringMatching(/^0x[0-9a-f]{130}$/),
    },
  });
});

test("of requests sent at once for one nonce one is answered; copies of it share its answer", async () => {
  const payer = await fundedPayer(4, adapter);
  const requests = ["const alpha1 =", "const alpha2 =", "const alpha3 ="].map((prompt) => payer.request(prompt));
  const headers = await Promise.all(requests.map((request) => payer.header(request, payer.voucher(request))));

  const replies = await Promise.all(
    [0, 1, 2, 0, 1, 2, 0, 1, 2].map((at) => payer.ask(url, requests[at]!, headers[at])),
  );

  const answered = replies.filter(({ status }) => status === 200);
  expect(answered).toHaveLength(3);
  expect(new Set(answered.map(({ body }) => body.openledger.receiptHash)).size).toBe(1);
  for (const { status, body } of replies) {
    if (status !== 200) expect([status, body.error.code]).toEqual([409, "nonce_taken"]);
  }
});

test("two models of one channel cannot promise the same money", async () => {
  const forAdapter = await fundedPayer(4, adapter, 150_000n);
  const forBase = forAdapter.for(base);

  const replies = await Promise.all(
    [forAdapter, forBase].map((payer) => payer.ask(url, payer.request("const alpha ="))),
  );

  expect(replies.map(({ status }) => status).sort()).toEqual([200, 402]);
  expect(replies.find(({ status }) => status === 402)?.body.error.code).toBe("channel_exhausted");
});

test("an answer comes as OpenAI's events, the receipt in the last one", async () => {
  const payer = await fundedPayer(5, adapter);
  const request = payer.request("const alpha7 = (x)", { maxTokens: 20 });

  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      [VOUCHER_HEADER]: await payer.header(request, payer.voucher(request)),
    },
    body: JSON.stringify({ ...bodyOf(request), stream: true }),
  });
  const events = (await response.text()).trim().split("\n\n");

  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(events.every((event) => event.startsWith("data: "))).toBe(true);
  expect(events.at(-1)).toBe("data: [DONE]");
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice("data: ".length)));
  expect(new Set(chunks.map(({ id, object }) => `${id} ${object}`)).size).toBe(1);
  expect(chunks.length).toBeGreaterThan(2);
  expect(chunks.filter(({ openledger }) => openledger !== undefined)).toEqual([chunks.at(-1)]);
  const { body } = await get(`/v1/receipts/${chunks.at(-1).openledger.receiptHash}`);
  expect(body.receipt.outputTokens).toBe(chunks.at(-1).usage.completion_tokens);
});

test("a stream tells whose data shapes the answer so far to who asks for it, and what is paid by is the receipt's", async () => {
  const client = await network.payer(5);
  const payer = await createPayer({ client, runnerUrl: url, salt: 77n });
  await payer.fund(open);
  const told: ProvisionalAttribution[] = [];
  const answer = await payer.ask(
    { model: adapter, prompt: "const alpha7 = (x)", maxTokens: 200, temperatureMilli: 0 },
    { onAttribution: (attribution) => told.push(attribution) },
  );

  expect(told.length).toBeGreaterThan(0);
  for (const { tokens, shares } of told) {
    expect(tokens).toBeLessThanOrEqual(answer.receipt.outputTokens);
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBe(SHARE_WHOLE);
  }
  expect(answer.attribution.shares.reduce((sum, { share }) => sum + share, 0)).toBe(SHARE_WHOLE);
});

test.each([
  [{ stream_options: { include_attribution: true } }, "stream_options goes with stream: true"],
  [{ stream: true, stream_options: { include_usage: false } }, "include_usage: can only be true"],
  [{ stream: true, stream_options: { include_all: true } }, "stream_options"],
])("options of a stream that nobody can have are refused: %j", async (options, found) => {
  const { status, body } = await post(
    "/v1/completions",
    JSON.stringify({ model: `${adapter}`, prompt: "a", ...options }),
  );

  expect(status).toBe(400);
  expect(body.error.message).toContain(found);
});

test("request and answer are disclosed to the payer and to an active oracle alone", async () => {
  const payer = await fundedPayer(4, adapter);
  const answer = await payer.ask(url, payer.request("const secret ="));
  const receipt = answer.body.openledger.receiptHash as Hex;
  const now = BigInt(Math.floor(Date.now() / 1000));
  const ask = async (signer: LocalAccount, deadline = now + 60n, claimed = signer.address) => {
    const signature = await signer.signTypedData(disclosureTypedData(payer.domain, { receipt, deadline }));
    return post(
      `/v1/receipts/${receipt}/disclosure`,
      JSON.stringify({ signer: claimed, deadline: `${deadline}`, signature }),
    );
  };
  const oracle = network.client(2);

  const before = await ask(oracle.account);
  await transferToken(network.client(0), { to: oracle.account.address, amount: 10_000n * open });
  await approveToken(oracle, { spender: network.deployment.addresses.stakingManager, amount: 10_000n * open });
  await stake(oracle, { role: "Oracle", amount: 10_000n * open });
  const replies = [
    await ask(payer.client.account),
    await ask(oracle.account),
    before,
    await ask(network.account(20), now + 60n, payer.client.account.address),
    await ask(payer.client.account, now - 1n),
    await ask(payer.client.account, now + 7_200n),
  ];

  expect(replies.map(({ status, body }) => [status, body.error?.code])).toEqual([
    [200, undefined],
    [200, undefined],
    [403, "disclosure_not_allowed"],
    [403, "disclosure_wrong_signer"],
    [403, "disclosure_expired"],
    [403, "disclosure_expired"],
  ]);
  expect(replies[1]?.body).toMatchObject({ prompt: "const secret =", text: answer.body.choices[0].text });
  expect(JSON.stringify(await get(`/v1/receipts/${receipt}`))).not.toContain("secret");
});

test("a model registered meanwhile is served; one of other weights or another program is not, and it is said why", async () => {
  const { base: baseModel, versions, ...registration } = await readModel(network.client(3), adapter);
  const right = await registerAdapter(network.client(3), { base: baseModel, registration, versions });
  const wrongRoot: Hex = `0x${"33".repeat(32)}`;
  const wrong = await registerAdapter(network.client(3), {
    base: baseModel,
    registration: { ...registration, weightsRoot: wrongRoot },
    versions,
  });
  const otherProgram = await registerAdapter(network.client(3), {
    base: baseModel,
    registration: { ...registration, programRoot: wrongRoot },
    versions,
  });

  await vi.waitFor(
    async () => {
      const { body } = await get("/health");
      expect(body.models).toContain(`${right.event.model}`);
      expect(body.waiting).toEqual([
        { model: `${wrong.event.model}`, reason: expect.stringContaining("weights root") },
        { model: `${otherProgram.event.model}`, reason: expect.stringContaining("program root") },
      ]);
    },
    { timeout: 20_000, interval: 20 },
  );
  const reply = await post("/v1/completions", JSON.stringify({ model: `${wrong.event.model}`, prompt: "x" }));
  expect([reply.status, reply.body.error.code]).toEqual([503, "model_not_ready"]);
  // The adapter of what is refused is that of what is served, and stays.
  const { body } = await get("/health");
  expect(body.models).toContain(`${adapter}`);

  const payer = await fundedPayer(4, right.event.model);
  const request = payer.request("const alpha =");
  const header = await payer.header(request, payer.voucher(request));
  const answer = await payer.ask(url, request, header);
  expect(answer.status).toBe(200);
  await deprecateModel(network.client(3), { model: right.event.model });
  await vi.waitFor(
    async () => {
      const { status, body } = await post("/v1/completions", JSON.stringify(bodyOf(request)));
      expect([status, body.error.code]).toEqual([503, "model_not_ready"]);
    },
    { timeout: 20_000, interval: 20 },
  );
  expect(await payer.ask(url, request, header)).toEqual(answer);
  // what was loaded for it is another model's too
  const other = payer.for(adapter);
  expect((await other.ask(url, other.request("const alpha ="))).status).toBe(200);
});

test("a second process cannot use the same database", async () => {
  await expect(serveHere({ ...env, PORT: "0" }, 2)).rejects.toThrow("Another runner process uses this database");
}, 20_000);

test("an altered weight file stops the start, and both hashes are named", async () => {
  const modelDir = join(network.folder, "altered");
  cpSync(network.modelDir, modelDir, { recursive: true });
  const path = join(modelDir, "model.safetensors");
  const bytes = readFileSync(path);
  const registered = contentHash(bytes);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);

  const start = serveHere({ ...(await network.env()), MODEL_DIR: modelDir }, 1);

  await expect(start).rejects.toThrow(registered);
  await expect(start).rejects.toThrow(contentHash(bytes));
});

test("what was erased is paid for but shown no more, and without its codes a model rests", async () => {
  const eraser = network.account(2);
  const contributor = network.client(10);
  const domain = { chainId: network.deployment.chainId };
  const deadline = BigInt(Math.floor(Date.now() / 1000) + 600);
  const ownEnv = await network.env();
  own = await serveHere(ownEnv, 2);
  const payer = await fundedPayer(9, adapter);
  const request = payer.request("alpha", { temperatureMilli: 0, maxTokens: 24 });
  const { receiptHash, attribution: before } = (await payer.ask(own.url, request)).body.openledger;
  const ofErased = (record: { readonly contributor: string }) => record.contributor === contributor.account.address;
  expect(before.records.filter(ofErased).length).toBeGreaterThan(0);

  const place = (recordIndex: string, who: string) => ({
    ...{ recordIndex, offset: 0, contribution: "1", contributor: who, licence: "MIT" },
    source: { name: "alpha", version: "1", path: `${recordIndex}.js` },
  });
  const of = (await readModel(contributor, adapter)).versions[0]!;
  const [erasedPlace, otherPlace] = [
    place("3", contributor.account.address),
    place("7", network.client(11).account.address),
  ];
  const quote = { datanet: `${of.datanet}`, version: of.version, from: 0, text: "a", count: 2 };
  const citations = [{ ...quote, places: [erasedPlace, otherPlace] }];
  const database = new pg.Client({ connectionString: ownEnv.DATABASE_URL });
  await database.connect();
  await database.query("update receipts set citations = $1 where hash = $2", [JSON.stringify(citations), receiptHash]);
  await database.end();

  const [contribution] = await readContributionsOf(contributor, contributor.account.address);
  await withdrawContribution(contributor, contribution!);
  const { number, dataHash: content } = contribution!;
  const order = { content, contribution: number, records: [], deadline };
  const signature = await contributor.account.signTypedData(eraseRecordsTypedData(domain, order));
  await network.content.erase({ type: "EraseRecords", order, signature });
  const cached = join(ownEnv.DATA_DIR!, "files", content.slice(2));
  expect(existsSync(cached)).toBe(true);
  await own.stop();
  own = await serveHere(ownEnv, 2);

  expect(existsSync(cached)).toBe(false);
  url = own.url;
  const after = (await payer.ask(url, request)).body.openledger.attribution;
  const kept = (await get(`/v1/receipts/${receiptHash}`)).body.attribution;
  expect(kept.citations).toEqual([{ ...quote, places: [otherPlace] }]);
  for (const shown of [after, kept]) {
    expect([shown.shares, shown.methodHash]).toEqual([before.shares, before.methodHash]);
    for (const [i, record] of shown.records.entries()) {
      const was = before.records[i];
      const rest = ofErased(record) ? { ...was, excerpt: "", source: { name: "", version: "", path: "" } } : was;
      expect(record).toEqual(rest);
    }
  }

  const { versions } = await readModel(network.client(3), adapter);
  const [{ datanet, version }] = versions as [(typeof versions)[number]];
  const [, indexHash] = await contributor.publicClient.readContract({
    address: network.deployment.addresses.datanetRegistry,
    abi: datanetRegistryAbi,
    functionName: "indexOf",
    args: [datanet, version, base],
  });
  const [source, target] = [join(network.folder, "source"), join(network.folder, "target")];
  const file = decodeIndexFile(await network.content.get(indexHash));
  (await fetchIndex(source, file, network.content)).close();
  (await tombstoneIndex(source, [0, 1, 2, 3, 4, 5], target)).close();
  const { dataHash: replacement } = await publishIndex(target, network.content);
  const instead = { content: indexHash, replacement, deadline };
  const ordered = await eraser.signTypedData(eraseContentTypedData(domain, instead));
  await network.content.erase({ type: "EraseContent", order: instead, signature: ordered });
  await own.stop();
  own = await serveHere(ownEnv, 1);

  url = own.url;
  await vi.waitFor(
    async () => {
      const { body } = await get("/health");
      const waiting = body.waiting.find(({ model }: { readonly model: string }) => model === `${adapter}`);
      expect(waiting?.reason).toContain("6 of its records were erased");
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(existsSync(join(ownEnv.DATA_DIR!, "indexes", indexHash.slice(2)))).toBe(false);
  const rests = await post("/v1/completions", JSON.stringify(bodyOf(request)));
  expect([rests.status, rests.body.error.code]).toEqual([503, "model_not_ready"]);
}, 60_000);

import { type ChainReader, ContentUnavailableError } from "@openledger/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import { ModelCatalogue } from "./ModelCatalogue.js";
import type { RegisteredModel } from "./ModelLoader.js";
import { ModelUnusable } from "./ModelUnusable.js";
import type { ServedModel } from "./ServedModel.js";

type Registered = Pick<RegisteredModel, "name" | "base" | "deprecatedAt">;

/** As the registry has them, the first is number 1. */
let models: Registered[];
let asked: string[];
/** What loading and dropping was asked for. */
let told: string[];
/** Why a model cannot be loaded, by its name. */
let refusals: Map<string, Error>;
let seconds: number;
/** When the newest block was made, seconds since 1970. */
let minedAt: bigint;
/** Of the chain's newest block, and of those in which models were deprecated. */
let head: bigint;
let deprecated: { readonly model: bigint; readonly block: bigint }[];
let logged: string[];
let catalogue: ModelCatalogue;

beforeEach(() => {
  models = ["base", "first", "second"].map((name, i) => ({ name, base: i === 0 ? 0n : 1n, deprecatedAt: 0n }));
  [asked, told, refusals, seconds] = [[], [], new Map(), 0];
  [head, minedAt, deprecated, logged] = [100n, 0n, [], []];
  const answers: Readonly<Record<string, (args: readonly bigint[]) => unknown>> = {
    modelCount: () => BigInt(models.length),
    modelOf: ([model]) => models[Number(model) - 1] ?? Promise.reject(new Error("no answer")),
  };
  const readContract = async ({ functionName, args = [] }: { functionName: string; args?: readonly bigint[] }) => {
    asked.push([functionName, ...args].join(" "));
    return answers[functionName]!(args);
  };
  const loader = {
    load: async (model: bigint, { name, deprecatedAt }: RegisteredModel) => {
      told.push(`load ${name}`);
      if (deprecatedAt !== 0n) throw new ModelUnusable("It was deprecated.");
      const refusal = refusals.get(name);
      if (refusal !== undefined) throw refusal;
      return { model, name } as ServedModel;
    },
    retain: async (kept: readonly RegisteredModel[]) => {
      told.push(`retain ${kept.map(({ name }) => name)}`);
    },
  };
  const getBlockNumber = async () => head;
  const getContractEvents = async ({
    fromBlock,
    toBlock,
  }: {
    readonly fromBlock: bigint;
    readonly toBlock: bigint;
  }) => {
    asked.push(`events ${fromBlock} ${toBlock}`);
    return deprecated.filter(({ block }) => block >= fromBlock && block <= toBlock).map((args) => ({ args }));
  };
  const getBlock = async () => ({ timestamp: minedAt });
  const publicClient = { readContract, getBlockNumber, getBlock, getContractEvents };
  const reader = { publicClient, deployment: { addresses: {}, startBlock: 10 } } as unknown as ChainReader;
  catalogue = new ModelCatalogue(
    reader,
    loader,
    () => seconds,
    (message) => logged.push(message),
  );
});

describe("what was loaded", () => {
  it("is dropped once all models are known, and kept for those that wait", async () => {
    refusals.set("first", new ModelUnusable("no index"));
    models[2] = { ...models[2]!, deprecatedAt: 5n };

    await catalogue.refresh();
    expect(told).toEqual(["load base", "load first", "load second", "retain base,first"]);

    told.length = 0;
    models.push({ name: "third", base: 1n, deprecatedAt: 0n });
    await catalogue.refresh();
    expect(told).toEqual(["load third"]);
  });
});

describe("while a node is behind", () => {
  it("nothing is dropped before its newest block is ten minutes old at the most", async () => {
    minedAt = 1_000n;
    seconds = 1_601;
    await catalogue.refresh();
    expect(told).toEqual(["load base", "load first", "load second"]);

    minedAt = 1_001n;
    await catalogue.refresh();
    expect(told.slice(3)).toEqual(["retain base,first,second"]);
  });

  it("nothing is dropped before there are models", async () => {
    const registered = models;
    models = [];
    await catalogue.refresh();
    expect(told).toEqual([]);

    models = registered;
    await catalogue.refresh();
    expect(told.at(-1)).toBe("retain base,first,second");
  });
});

describe("a model that cannot be served yet", () => {
  it("says why, and what it waits for", async () => {
    refusals.set("base", new ContentUnavailableError("http://store", "status 404", { retryable: true }));
    refusals.set("first", new ModelUnusable("No index yet.", { waitsFor: "its owner" }));
    refusals.set("second", new Error("Nobody knows."));

    await catalogue.refresh();

    expect(catalogue.waiting().map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^http:.*status 404; try again\. It waits for the content store to have this file\.$/),
      "No index yet. It waits for its owner.",
      "Nobody knows. It waits for the next try.",
    ]);
    expect(() => catalogue.get(2n)).toThrow(expect.objectContaining({ code: "model_not_ready", retryable: true }));
  });

  it("is tried again, less and less often, by what the chain says of it then", async () => {
    refusals.set("first", new ModelUnusable("Its owner asks too little."));
    await catalogue.refresh();
    told.length = asked.length = 0;
    await catalogue.refresh();
    expect([told, asked]).toEqual([[], ["modelCount"]]);

    told.length = asked.length = 0;
    models[1] = { ...models[1]!, name: "renamed" };
    seconds = 1;
    await catalogue.refresh();

    // its base is known
    expect([told, asked]).toEqual([["load renamed"], ["modelCount", "modelOf 2"]]);
    expect(catalogue.list().map(({ name }) => name)).toEqual(["base", "renamed", "second"]);
  });
});

describe("a model that is deprecated while it is served", () => {
  beforeEach(async () => {
    await catalogue.refresh();
    [told.length, asked.length, logged.length] = [0, 0, 0];
  });

  function deprecate(model: bigint): void {
    head += 1n;
    models[Number(model) - 1] = { ...models[Number(model) - 1]!, deprecatedAt: 5n };
    deprecated.push({ model, block: head });
  }

  it("is served no longer, and what was loaded for it is dropped", async () => {
    deprecate(2n);
    await catalogue.refresh();

    expect(catalogue.list().map(({ name }) => name)).toEqual(["base", "second"]);
    const over = {
      code: "model_not_ready",
      retryable: false,
      message: expect.stringMatching(/not served here: It was/),
    };
    expect(() => catalogue.get(2n)).toThrow(expect.objectContaining(over));
    expect(told).toEqual(["load first", "retain base,second"]);
    expect(asked).toEqual(["events 36 101", "modelCount", "modelOf 2"]);
    expect(logged).toEqual(["serves a model no longer"]);
  });

  it("is asked about no more than needed", async () => {
    await catalogue.refresh();
    expect(asked).toEqual(["modelCount"]);

    deprecate(2n);
    await catalogue.refresh();
    [asked.length, told.length] = [0, 0];
    head += 1n;
    await catalogue.refresh();
    // its event is told again, and known
    expect([asked, told]).toEqual([["events 37 102", "modelCount"], []]);
  });

  it("is looked at once an hour, in case the block that said so was replaced", async () => {
    deprecate(2n);
    await catalogue.refresh();
    models[1] = { ...models[1]!, deprecatedAt: 0n };

    for (seconds of [1, 3_599]) await catalogue.refresh();
    expect(catalogue.list()).toHaveLength(2);
    seconds = 3_600;
    await catalogue.refresh();
    expect(catalogue.list()).toHaveLength(3);
  });

  it("is asked about again when the chain did not answer, and when a node did not know yet", async () => {
    const registered = models[2]!;
    deprecate(2n);
    deprecate(3n);
    models[2] = undefined as never;
    await expect(catalogue.refresh()).rejects.toThrow("no answer");
    expect(catalogue.list().map(({ name }) => name)).toEqual(["base", "second"]);

    models[2] = registered;
    asked.length = 0;
    await catalogue.refresh();
    expect(asked).toEqual(["modelCount", "modelOf 3"]);
    expect(catalogue.list().map(({ name }) => name)).toEqual(["base", "second"]);

    await catalogue.refresh();
    expect(asked).toEqual(["modelCount", "modelOf 3", "modelCount"]);

    models[2] = { ...registered, deprecatedAt: 5n };
    head += 1n;
    await catalogue.refresh();
    expect(catalogue.list().map(({ name }) => name)).toEqual(["base"]);
  });

  it("is found however many blocks there were meanwhile, and from the deployment's first on", async () => {
    deprecate(2n);
    head += 7_000n;
    await catalogue.refresh();
    await catalogue.refresh();
    head = 20n;
    await catalogue.refresh();

    expect(asked.filter((what) => what.startsWith("events"))).toEqual([
      "events 36 5035",
      "events 4971 7101",
      "events 10 20",
    ]);
    expect(catalogue.list()).toHaveLength(2);
  });
});

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
let catalogue: ModelCatalogue;

beforeEach(() => {
  models = ["base", "first", "second"].map((name, i) => ({ name, base: i === 0 ? 0n : 1n, deprecatedAt: 0n }));
  [asked, told, refusals, seconds] = [[], [], new Map(), 0];
  const answers: Readonly<Record<string, (args: readonly bigint[]) => unknown>> = {
    modelCount: () => BigInt(models.length),
    modelOf: ([model]) => models[Number(model) - 1],
  };
  const readContract = async ({ functionName, args = [] }: { functionName: string; args?: readonly bigint[] }) => {
    asked.push([functionName, ...args].join(" "));
    return answers[functionName]!(args);
  };
  const loader = {
    load: async (model: bigint, { name }: RegisteredModel) => {
      told.push(`load ${name}`);
      const refusal = refusals.get(name);
      if (refusal !== undefined) throw refusal;
      return { model, name } as ServedModel;
    },
    retain: async (kept: readonly RegisteredModel[]) => {
      told.push(`retain ${kept.map(({ name }) => name)}`);
    },
  };
  const reader = { publicClient: { readContract }, deployment: { addresses: {} } } as unknown as ChainReader;
  catalogue = new ModelCatalogue(
    reader,
    loader,
    () => seconds,
    () => {},
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

import { RuntimeError } from "@openledger/engine";
import { ContentUnavailableError, contentHash, encodeTrainingManifest, weightsRoot } from "@openledger/sdk";
import { type Hex, pad } from "viem";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AdapterShelf } from "./AdapterShelf.js";
import type { BaseModel } from "./BaseModel.js";

const baseWeightsRoot = pad("0x1");
const programRoot = pad("0x2");
const weights = new TextEncoder().encode("weights");

let files: Map<Hex, Uint8Array>;
let asked: Hex[];
/** What the engine was told, and which adapters it has. */
let told: string[];
let fault: RuntimeError | undefined;
/** What the engine waits for before it has an adapter. */
let gate: Promise<void>;
let shelf: AdapterShelf;

beforeEach(() => {
  files = new Map([[contentHash(weights), weights]]);
  [asked, told, fault, gate] = [[], [], undefined, Promise.resolve()];
  const get = async (hash: Hex) => {
    asked.push(hash);
    const bytes = files.get(hash);
    if (bytes === undefined) throw new ContentUnavailableError("http://store", "status 404", { retryable: true });
    return bytes;
  };
  const runtime = {
    loadAdapter: async () => {
      told.push("load");
      await gate;
      if (fault !== undefined) throw fault;
      return { id: pad("0x3") };
    },
    unloadAdapter: async () => void told.push("unload"),
  };
  const base = { weightsRoot: baseWeightsRoot, programRoot: () => programRoot, runtime } as unknown as BaseModel;
  shelf = new AdapterShelf({ get }, base, (error) => {
    throw error;
  });
});

function put(bytes: Uint8Array): Hex {
  files.set(contentHash(bytes), bytes);
  return contentHash(bytes);
}

function manifest(root = baseWeightsRoot, steps = 1): Uint8Array {
  return encodeTrainingManifest({
    base: 1n,
    baseWeightsRoot: root,
    datanets: [],
    seed: pad("0x4"),
    hyperparameters: {},
    adapterConfig: {},
    engine: "engine",
    program: { tier: "w8a16", arithmetic: "float", id: pad("0x5") },
    steps,
    tokens: 1,
    lossBefore: "1.0",
    lossAfter: "1.0",
    weights: { hash: contentHash(weights), root: weightsRoot(weights) },
    split: {},
  });
}

const registered = (more: object = {}) => ({
  manifestHash: put(manifest()),
  weightsRoot: weightsRoot(weights),
  programRoot,
  ...more,
});

describe("an adapter", () => {
  it("is fetched, checked and loaded once for all that registered it", async () => {
    const first = await shelf.load(registered());
    expect(await shelf.load(registered())).toBe(first);
    expect([asked.length, told]).toEqual([2, ["load"]]);
  });

  it.each([
    ["of other weights", () => registered({ weightsRoot: pad("0x6") }), "Its weights root is 0x"],
    ["of another program", () => registered({ programRoot: pad("0x6") }), "Its program root is 0x"],
    ["over another base", () => registered({ manifestHash: put(manifest(pad("0x7"))) }), "It was trained over base 0x"],
    ["without a manifest", () => registered({ manifestHash: put(weights) }), "training manifest"],
  ])("%s is refused for ever, and not read again", async (_what, of, message) => {
    const refused = of();
    await expect(shelf.load(refused)).rejects.toThrow(message);
    const [before, toldBefore] = [asked.length, told.length];

    await expect(shelf.load(refused)).rejects.toMatchObject({ name: "ModelUnusable", isFinal: true });
    expect([asked.length, told.length]).toEqual([before, toldBefore]);
  });

  it("that the engine cannot read is refused for ever; one that the engine failed at is not", async () => {
    fault = new RuntimeError("runtime_failed", "the worker ended");
    await expect(shelf.load(registered())).rejects.toBe(fault);
    fault = new RuntimeError("adapter_unsupported", "it is no plain LoRA");
    const message = "it is no plain LoRA. Waiting does not change that.";
    for (let tries = 0; tries < 2; tries++) await expect(shelf.load(registered())).rejects.toThrow(message);
    expect(told).toEqual(["load", "load"]);
  });

  it("of another program leaves the engine, unless a model has the same files", async () => {
    const wrong = registered({ programRoot: pad("0x6") });
    await expect(shelf.load(wrong)).rejects.toThrow();
    expect(told).toEqual(["load", "unload"]);

    await shelf.load(registered());
    await expect(shelf.load(registered({ programRoot: pad("0x8") }))).rejects.toThrow();
    expect(told).toEqual(["load", "unload", "load", "load"]);
  });

  it("leaves the engine behind the last registration and the last answer, and may come again", async () => {
    const [one, other] = [registered(), registered({ manifestHash: put(manifest(baseWeightsRoot, 2)) })];
    const adapter = await shelf.load(one);
    await shelf.load(other);
    const letGo = [shelf.hold(adapter), shelf.hold(adapter)];

    await shelf.retain([other]);
    await shelf.retain([]);
    letGo[0]!();
    expect(told).toEqual(["load", "load"]);
    letGo[1]!();
    expect(told).toEqual(["load", "load", "unload"]);

    await shelf.load(one);
    await shelf.retain([one]);
    expect(told).toEqual(["load", "load", "unload", "load"]);
    await shelf.retain([]);
    expect(told.at(-1)).toBe("unload");
  });

  it("stays in the engine that is dropped while another model's files may be the same", async () => {
    const adapter = await shelf.load(registered());
    const letGo = shelf.hold(adapter);
    await shelf.retain([]);
    let go = () => {};
    gate = new Promise((resolve) => {
      go = resolve;
    });
    const loading = shelf.load(registered({ manifestHash: put(manifest(baseWeightsRoot, 2)) }));
    await vi.waitFor(() => expect(told).toEqual(["load", "load"]), { timeout: 20_000, interval: 50 });
    letGo();
    go();

    await loading;
    expect(told).toEqual(["load", "load"]);
  });

  it("whose files are not there yet is asked for again", async () => {
    files.delete(contentHash(weights));
    await expect(shelf.load(registered())).rejects.toMatchObject({ code: "content_unavailable" });
    put(weights);
    expect(await shelf.load(registered())).toEqual({ id: pad("0x3") });
  });
});

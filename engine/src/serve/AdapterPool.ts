import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { contentHash } from "@openledger/sdk";
import type { Program } from "../exact/program/Program.js";
import { parseAdapter } from "../model/adapter.js";
import type { Architecture } from "../model/architecture.js";
import { ModelError } from "../model/errors.js";
import type { ExactBase } from "./ExactBase.js";
import { RuntimeError } from "./errors.js";
import type { AdapterRequest } from "./protocol.js";

/** An adapter ready to be run. */
export interface LoadedAdapter {
  readonly id: string;
  readonly rank: number;
  readonly weightsHash: `0x${string}`;
  readonly program: Program;
  readonly programId: `0x${string}`;
}

/** The adapters in memory, by the hash of their two files. Nothing that does not fit the base gets in. */
export class AdapterPool {
  private readonly adapters = new Map<string, LoadedAdapter>();

  constructor(private readonly base: ExactBase) {}

  /**
   * @throws RuntimeError `adapter_mismatch` when it is of another base, or a factor is missing or of another shape;
   * `adapter_unsupported` when it is not plain LoRA; `model_unusable` when base and adapter make no exact program
   */
  async load(source: AdapterRequest): Promise<LoadedAdapter> {
    const files = "dir" in source ? await readAdapterFolder(source.dir) : source;
    if (files.baseWeightsRoot.toLowerCase() !== this.base.weightsRoot) {
      throw new RuntimeError(
        "adapter_mismatch",
        `the adapter was trained over weights ${files.baseWeightsRoot}, the base served here has ${this.base.weightsRoot}`,
      );
    }
    const weightsHash = contentHash(files.weights);
    const id = contentHash(Buffer.concat([Buffer.from(files.config), Buffer.from(weightsHash)]));
    const known = this.adapters.get(id);
    if (known !== undefined) return known;

    const adapter = fitAdapter(files, this.base.model.architecture);
    const { program, id: programId } = this.base.withAdapter(adapter);
    const loaded = { id, rank: adapter.rank, weightsHash, program, programId };
    this.adapters.set(id, loaded);
    return loaded;
  }

  /** @throws RuntimeError `adapter_unknown`: an answer by the base in its place would be another model's. */
  get(id: string): LoadedAdapter {
    const adapter = this.adapters.get(id);
    if (adapter === undefined) {
      throw new RuntimeError("adapter_unknown", `no adapter ${id} is loaded; load it before use`);
    }
    return adapter;
  }

  remove(id: string): void {
    this.get(id);
    this.adapters.delete(id);
  }
}

function fitAdapter(files: { config: string; weights: Uint8Array }, architecture: Architecture) {
  try {
    return parseAdapter(files, architecture);
  } catch (cause) {
    const isUnsupported = cause instanceof ModelError && cause.code === "adapter_unsupported";
    // Whatever else reading a stranger's file may throw is the file's fault, and stays so when it is tried again.
    const message =
      cause instanceof ModelError ? cause.message : `the adapter's files cannot be read (${String(cause)})`;
    throw new RuntimeError(isUnsupported ? "adapter_unsupported" : "adapter_mismatch", message, { cause });
  }
}

async function readAdapterFolder(dir: string) {
  const file = join(dir, "manifest.json");
  const malformed = (detail: string, cause?: unknown) =>
    new RuntimeError("manifest_malformed", `${file}: ${detail}; train the adapter again`, { cause });
  let manifest: { readonly baseWeightsRoot?: unknown } | null;
  try {
    manifest = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw malformed(`cannot be read as JSON (${String(cause)})`, cause);
  }
  if (typeof manifest?.baseWeightsRoot !== "string") throw malformed("names no baseWeightsRoot");
  return {
    config: await readFile(join(dir, "adapter_config.json"), "utf8"),
    weights: await readFile(join(dir, "adapter_model.safetensors")),
    baseWeightsRoot: manifest.baseWeightsRoot,
  };
}

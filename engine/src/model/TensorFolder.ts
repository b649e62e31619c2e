import { access, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { openFile } from "./ByteSource.js";
import { ModelError } from "./errors.js";
import type { TensorEntry } from "./safetensorsHeader.js";
import { shortened, shown } from "./shown.js";
import { TensorFile } from "./TensorFile.js";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const MAX_INDEX_BYTES = 4 * 1024 * 1024;
const MAX_SHARDS = 512;
/** A plain file name: nothing that leads out of the folder. */
const SHARD_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*\.safetensors$/;

/** The tensors of one or several safetensors files under their names. */
export class TensorFolder {
  private constructor(
    readonly files: readonly TensorFile[],
    private readonly fileOf: ReadonlyMap<string, TensorFile>,
  ) {}

  static single(file: TensorFile): TensorFolder {
    return new TensorFolder([file], new Map([...file.entries.keys()].map((name) => [name, file])));
  }

  /**
   * Opens the weights of a model folder: `model.safetensors`, else the shards of `model.safetensors.index.json`.
   *
   * @throws ModelError `file_unreadable`, `weights_missing`, `weights_malformed`, `weights_mismatch`
   */
  static async open(modelDir: string): Promise<TensorFolder> {
    const single = join(modelDir, SINGLE);
    if (await exists(single)) return TensorFolder.single(await TensorFile.open(await openFile(single)));
    const index = join(modelDir, INDEX);
    if (await exists(index)) return openShards(modelDir, await readIndex(index));
    throw new ModelError(
      "weights_missing",
      `${modelDir} has neither ${SINGLE} nor ${INDEX}; other formats are not read`,
    );
  }

  /** @throws ModelError as `open`, when shards and index do not say the same; the files are then closed */
  static async ofShards(files: readonly TensorFile[], placed: ReadonlyMap<string, string>): Promise<TensorFolder> {
    try {
      return new TensorFolder(files, placeTensors(files, placed));
    } catch (error) {
      for (const file of files) await file.close();
      throw error;
    }
  }

  get names(): Iterable<string> {
    return this.fileOf.keys();
  }

  entry(name: string): TensorEntry | undefined {
    return this.fileOf.get(name)?.entries.get(name);
  }

  /** The name of the file that holds a tensor, or of all where none does; for errors. */
  place(name: string): string {
    return this.fileOf.get(name)?.name ?? this.files.map((file) => file.name).join(", ");
  }

  read(name: string): Promise<Float32Array> {
    return this.fileOf.get(name)!.read(name);
  }

  async close(): Promise<void> {
    for (const file of this.files) await file.close();
  }
}

async function openShards(modelDir: string, placed: ReadonlyMap<string, string>): Promise<TensorFolder> {
  const files: TensorFile[] = [];
  try {
    for (const shard of new Set(placed.values()))
      files.push(await TensorFile.open(await openFile(join(modelDir, shard))));
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
  return TensorFolder.ofShards(files, new Map([...placed].map(([name, shard]) => [name, join(modelDir, shard)])));
}

/** Every tensor of the index in its shard and in no other, and no tensor besides. */
function placeTensors(files: readonly TensorFile[], placed: ReadonlyMap<string, string>): Map<string, TensorFile> {
  const found = new Map<string, TensorFile>();
  for (const file of files) {
    for (const name of file.entries.keys()) {
      const other = found.get(name);
      if (other !== undefined) {
        throw new ModelError(
          "weights_mismatch",
          `tensor ${shortened(name)} is in two shards, ${other.name} and ${file.name}`,
        );
      }
      const wanted = placed.get(name) ?? "nowhere";
      if (wanted !== file.name) {
        const found = `tensor ${shortened(name)} is in ${file.name}`;
        throw new ModelError("weights_mismatch", `${found}, the index places it in ${wanted}`);
      }
      found.set(name, file);
    }
  }
  for (const [name, file] of placed) {
    if (found.has(name)) continue;
    throw new ModelError("weights_missing", `${file}: no tensor ${shortened(name)}, which the index names`);
  }
  return found;
}

async function readIndex(path: string): Promise<Map<string, string>> {
  const malformed = (detail: string, cause?: unknown): ModelError =>
    new ModelError("weights_malformed", `${path}: ${detail}; fetch or export the file again`, { cause });
  const { size } = await stat(path);
  if (size > MAX_INDEX_BYTES) throw malformed(`has ${size} bytes, at most ${MAX_INDEX_BYTES} are read`);
  let index: unknown;
  try {
    index = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw malformed("is not JSON", cause);
  }
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null || Array.isArray(map)) throw malformed("has no object weight_map");
  const placed = new Map<string, string>();
  for (const [tensor, shard] of Object.entries(map)) {
    if (typeof shard !== "string" || !SHARD_NAME.test(shard) || shard.includes("..")) {
      throw malformed(
        `places ${shortened(tensor)} in ${shown(shard)}; a shard must be a plain file name of this folder`,
      );
    }
    placed.set(tensor, shard);
  }
  const shards = new Set(placed.values()).size;
  if (shards > MAX_SHARDS) throw malformed(`names ${shards} shards, at most ${MAX_SHARDS} are opened`);
  return placed;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

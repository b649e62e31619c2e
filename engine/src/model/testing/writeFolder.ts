import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Tensor, writeSafetensors } from "../safetensors.js";
import type { FloatStorage } from "../storedFloats.js";

/** A model folder as Hugging Face's tools write it, in `shards` files where more than one is asked for. */
export function writeFolder(
  dir: string,
  config: object,
  tensors: ReadonlyMap<string, Tensor>,
  { storage = "F32", shards = 1 }: { readonly storage?: FloatStorage; readonly shards?: number } = {},
): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "config.json"), JSON.stringify(config));
  if (shards === 1) {
    writeFileSync(join(dir, "model.safetensors"), writeSafetensors(tensors, storage));
    return;
  }
  const nameOf = (n: number): string =>
    `model-${String(n + 1).padStart(5, "0")}-of-${String(shards).padStart(5, "0")}.safetensors`;
  const names = [...tensors.keys()];
  const weightMap = Object.fromEntries(names.map((name, i) => [name, nameOf(i % shards)]));
  for (let n = 0; n < shards; n++) {
    const part = new Map([...tensors].filter(([name]) => weightMap[name] === nameOf(n)));
    writeFileSync(join(dir, nameOf(n)), writeSafetensors(part, storage));
  }
  const index = { metadata: {}, weight_map: weightMap };
  writeFileSync(join(dir, "model.safetensors.index.json"), JSON.stringify(index));
}

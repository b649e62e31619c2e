/** The built subgraph, and its copy that names this chain's addresses. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { DevnetError } from "./DevnetError.js";
import type { DeploymentFile } from "./deployment.js";
import { repositoryRoot } from "./repositoryRoot.js";
import { runTool } from "./runTool.js";
import { withBuildLock } from "./withBuildLock.js";

const source = join(repositoryRoot, "subgraph");
const build = join(source, "build");

export interface BuildSubgraphOptions {
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Builds the subgraph unless the build is of these very sources. */
export function buildSubgraph(options: BuildSubgraphOptions): Promise<void> {
  return withBuildLock("subgraph", options.signal, () => runBuild(options));
}

async function runBuild(options: BuildSubgraphOptions): Promise<void> {
  const stamp = join(build, "sources.sha256");
  const wanted = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  rmSync(stamp, { force: true });
  const cli = graphCli();
  for (const [name, ...args] of [["codegen"], ["build"]] as const) {
    await runTool({
      name: `subgraph-${name}`,
      command: process.execPath,
      args: [cli, name, ...args],
      env: options.env,
      cwd: source,
      stateDir: options.stateDir,
      signal: options.signal,
    });
  }
  writeFileSync(stamp, wanted);
}

/**
 * Copies the build into the state folder with this deployment's addresses and start block.
 *
 * The folder is named by its content: graph-node takes a path for the name of what it has indexed, so a changed
 * subgraph needs another path.
 *
 * @returns the absolute path of the manifest.
 */
export function placeSubgraph(stateDir: string, deployment: DeploymentFile, network: string): string {
  const manifest = fillManifest(readFileSync(join(build, "subgraph.yaml"), "utf8"), deployment, network);
  const key = createHash("sha256").update(manifest).update(hashOfFolder(build)).digest("hex").slice(0, 16);
  const folder = join(stateDir, "subgraph", key);
  const path = join(folder, "subgraph.yaml");
  if (existsSync(path)) return path;
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(dirname(fresh), { recursive: true });
  cpSync(build, fresh, { recursive: true });
  writeFileSync(join(fresh, "subgraph.yaml"), manifest);
  renameSync(fresh, folder);
  return path;
}

/**
 * A subgraph that indexes nothing, made of the first data source of the build without its handlers.
 *
 * gnd drops what it indexed of the manifest on its command line at each start. It gets this one; ours is deployed
 * beside it and kept.
 *
 * @returns the absolute path of the manifest.
 */
export function placePlaceholder(stateDir: string, network: string): string {
  const built = readFileSync(join(build, "subgraph.yaml"), "utf8");
  const first = (pattern: RegExp) => {
    const found = pattern.exec(built)?.[1];
    if (found === undefined) throw new DevnetError("bad_manifest", `${build}/subgraph.yaml lacks ${pattern}.`, false);
    return found;
  };
  const name = first(/^ {4}name: (\w+)$/m);
  const wasm = first(/^ {6}file: (\S+\.wasm)$/m);
  const abi = first(/^ {10}file: (\S+\.json)$/m);
  const folder = join(stateDir, "subgraph", "placeholder");
  rmSync(folder, { recursive: true, force: true });
  for (const file of [wasm, abi]) cpSync(join(build, file), join(folder, file));
  writeFileSync(join(folder, "schema.graphql"), "type Nothing @entity(immutable: true) {\n  id: Bytes!\n}\n");
  const manifest = join(folder, "subgraph.yaml");
  writeFileSync(
    manifest,
    `specVersion: 1.3.0
schema:
  file: schema.graphql
dataSources:
  - kind: ethereum/contract
    name: ${name}
    network: ${network}
    source:
      address: "0x0000000000000000000000000000000000000000"
      abi: ${name}
      startBlock: 0
    mapping:
      kind: ethereum/events
      apiVersion: 0.0.9
      language: wasm/assemblyscript
      file: ${wasm}
      entities: []
      abis:
        - name: ${name}
          file: ${abi}
`,
  );
  return manifest;
}

/**
 * The manifest with each data source's network, address and start block of this deployment. A data source is named as
 * its contract; the deployment names contracts in camel case.
 *
 * @throws DevnetError when the manifest names a contract that the deployment lacks.
 */
export function fillManifest(manifest: string, deployment: DeploymentFile, network: string): string {
  const addresses = new Map(Object.entries(deployment.addresses).map(([name, at]) => [name.toLowerCase(), at]));
  let current: string | undefined;
  return manifest
    .split("\n")
    .map((line) => {
      const name = /^ {4}name: "?(\w+)"?$/.exec(line)?.[1];
      if (name !== undefined) current = name;
      if (/^ {4}network: /.test(line)) return `    network: ${network}`;
      if (/^ {6}startBlock: /.test(line)) return `      startBlock: ${deployment.startBlock}`;
      if (!/^ {6}address: /.test(line)) return line;
      const address = current === undefined ? undefined : addresses.get(current.toLowerCase());
      if (address === undefined) {
        throw new DevnetError(
          "bad_manifest",
          `The subgraph's data source ${current ?? "without a name"} is no contract of the deployment (${[...addresses.keys()].join(", ")}).`,
          false,
        );
      }
      return `      address: "${address}"`;
    })
    .join("\n");
}

function graphCli(): string {
  const paths = createRequire(join(source, "package.json")).resolve.paths("@graphprotocol/graph-cli") ?? [];
  const found = paths
    .map((path) => join(path, "@graphprotocol", "graph-cli", "bin", "run.js"))
    .find((path) => existsSync(path));
  if (found === undefined) {
    throw new DevnetError(
      "missing_graph_cli",
      'The package @graphprotocol/graph-cli is not installed: run "npm ci".',
      false,
    );
  }
  return found;
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  for (const name of ["schema.graphql", "subgraph.yaml", "package.json"]) {
    hash.update(readFileSync(join(source, name)));
  }
  for (const name of ["src", "abis"]) hash.update(hashOfFolder(join(source, name)));
  return hash.digest("hex");
}

function hashOfFolder(folder: string): string {
  const hash = createHash("sha256");
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of entries) {
    const bytes = readFileSync(path);
    hash.update(`${relative(folder, path)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of forge's cache that are read here. */
interface Cache {
  readonly files: Readonly<Record<string, CachedFile>>;
}

interface CachedFile {
  readonly imports: readonly string[];
  /** By contract, compiler version and profile. */
  readonly artifacts: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, CachedArtifact>>>>>>;
}

interface CachedArtifact {
  readonly path: string;
  readonly build_id: string;
}

interface Bytecode {
  readonly object: string;
  readonly sourceMap?: string;
}

interface Contract {
  readonly source: string;
  readonly creation: string;
  /** Files whose code stands in this contract's own, without what it creates. */
  readonly files: ReadonlySet<string>;
}

/**
 * Which suites carry code of a file themselves, by inheriting from it, calling a library's internal functions or creating
 * its contracts. They are stale once the file changes; all others meet it only where they deploy it.
 */
export class CompiledCode {
  readonly #imports: ReadonlyMap<string, readonly string[]>;
  readonly #contracts: readonly Contract[];

  private constructor(imports: ReadonlyMap<string, readonly string[]>, contracts: readonly Contract[]) {
    this.#imports = imports;
    this.#contracts = contracts;
  }

  /** Reads what forge has built in a folder. */
  static read(folder: string): CompiledCode {
    const { files } = readJson<Cache>(join(folder, "cache/solidity-files-cache.json"));
    const sourcesOf = new Map<string, Readonly<Record<string, string>>>();
    const contracts: Contract[] = [];
    for (const [source, { artifacts }] of Object.entries(files)) {
      const built = Object.values(artifacts)
        .flatMap(Object.values)
        .flatMap(Object.values<CachedArtifact>);
      for (const { path, build_id } of built) {
        const sources = sourcesOf.get(build_id) ?? readSources(folder, build_id);
        sourcesOf.set(build_id, sources);
        contracts.push({ source, ...readCode(join(folder, "out", path), sources) });
      }
    }
    return new CompiledCode(new Map(Object.entries(files).map(([file, { imports }]) => [file, imports])), contracts);
  }

  /** Sources outside `contracts`, of those that the suites need, whose contracts carry code of the file. */
  carriers(file: string, suites: readonly string[]): readonly string[] {
    const holding = this.#contracts.filter(({ files, creation }) => files.has(file) && creation !== "");
    const carries = ({ files, creation }: Contract) =>
      files.has(file) || holding.some((held) => creation.includes(held.creation));
    const needed = this.#needed(suites);
    const carriers = this.#contracts.filter(
      (contract) => needed.has(contract.source) && !contract.source.startsWith("contracts/") && carries(contract),
    );
    return [...new Set(carriers.map(({ source }) => source))].sort();
  }

  #needed(suites: readonly string[]): ReadonlySet<string> {
    const needed = new Set(suites);
    for (const source of needed) for (const imported of this.#imports.get(source) ?? []) needed.add(imported);
    return needed;
  }
}

function readSources(folder: string, build: string): Readonly<Record<string, string>> {
  const path = join(folder, "out/build-info", `${build}.json`);
  return readJson<{ readonly source_id_to_path: Readonly<Record<string, string>> }>(path).source_id_to_path;
}

function readCode(path: string, sources: Readonly<Record<string, string>>): Omit<Contract, "source"> {
  const artifact = readJson<{ readonly bytecode: Bytecode; readonly deployedBytecode: Bytecode }>(path);
  const files = new Set<string>();
  for (const { sourceMap } of [artifact.bytecode, artifact.deployedBytecode]) {
    for (const id of mappedSources(sourceMap ?? "")) if (sources[id] !== undefined) files.add(sources[id]);
  }
  return { creation: artifact.bytecode.object.slice("0x".length), files };
}

/** The sources that a source map leads to: the third field of an entry, empty where it is as before, -1 for generated code. */
function mappedSources(sourceMap: string): ReadonlySet<string> {
  return new Set(sourceMap.split(";").map((entry) => entry.split(":")[2] ?? ""));
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

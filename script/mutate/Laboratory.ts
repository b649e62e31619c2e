import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBinary } from "../devnet/binaries.js";
import { CompiledCode } from "./CompiledCode.js";
import { copyBuild, copyProject, FORGE_CACHE } from "./copyProject.js";
import { type Fault, plant, plantNothing } from "./Fault.js";

/** What a suite said of a planted fault. */
export type Verdict = "killed" | "survived" | "does not compile";

/** How suites ended with nothing planted. */
export interface Check {
  readonly green: boolean;
  readonly output: string;
  /** The files that hold them. */
  readonly files: readonly string[];
}

/** The contracts or suites do not compile as they are. */
export class CompilationError extends Error {
  override readonly name = "CompilationError";
  readonly code = "compilation";
  readonly retryable = false;
}

/** Suites turn red by what changes nothing: they would for any fault. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly code = "control";
  readonly retryable = false;
}

/** A copy of the contracts and their suites in which faults are planted, so that the checkout never holds one. */
export class Laboratory {
  readonly folder: string;
  readonly #forge = findBinary("forge");
  #code: CompiledCode | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static create(root: string): Laboratory {
    const folder = mkdtempSync(join(tmpdir(), "openledger-mutate-"));
    copyProject(root, folder);
    return new Laboratory(folder);
  }

  /** Compiles what another folder has not compiled yet, as a rule nothing. @throws CompilationError */
  async compile(from: string): Promise<void> {
    copyBuild(from, this.folder);
    const { code, output } = await this.#run(["build"]);
    if (code !== 0)
      throw new CompilationError(`Nothing can be planted in what does not compile:\n${output.slice(-4000)}`);
    mkdirSync(this.#clean);
    copyBuild(this.folder, this.#clean);
  }

  /** Runs suites with nothing planted. */
  async check(tests: string): Promise<Check> {
    const { code, output } = await this.#run(["test", "--match-path", tests]);
    const files = [...output.matchAll(/^Ran \d+ tests? for (.+\.sol):/gm)].map(([, file]) => file as string);
    return { green: code === 0 && files.length > 0, output, files };
  }

  /**
   * Plants what changes nothing where the fault would be, and goes its way: what it says of suites is true only if they stay
   * green. @throws ControlError
   */
  async control(fault: Fault, files: readonly string[]): Promise<void> {
    const path = join(this.folder, fault.file);
    const source = readFileSync(path, "utf8");
    try {
      await this.#buildCarriers(fault, files, plantNothing(source));
      const { green, output } = await this.check(fault.tests);
      if (green) return;
      const red = `${fault.tests} is red with a comment planted in ${fault.file}`;
      throw new ControlError(`No fault can be tried, for ${red}:\n${output.slice(-4000)}`);
    } finally {
      writeFileSync(path, source);
      this.#restore();
    }
  }

  /** Plants the fault, runs its suites, which stand in the files, and takes it out again. */
  async try(fault: Fault, files: readonly string[]): Promise<Verdict> {
    const path = join(this.folder, fault.file);
    const source = readFileSync(path, "utf8");
    const planted = plant(source, fault);
    try {
      await this.#buildCarriers(fault, files, planted);
      if (await this.#isNoticed(fault.tests)) return "killed";

      // said of suites only once all that imports the file has been compiled with the fault in it
      this.#restore();
      writeFileSync(path, planted);
      if ((await this.#run(["build", "contracts"])).code !== 0) return "does not compile";
      return (await this.#isNoticed(fault.tests)) ? "killed" : "survived";
    } finally {
      writeFileSync(path, source);
      this.#restore();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The build with nothing planted. */
  get #clean(): string {
    return join(this.folder, "clean");
  }

  /** Compiles the contracts, and of the suites what has the file's code in it, with the planted source. */
  async #buildCarriers({ file }: Fault, files: readonly string[], planted: string): Promise<void> {
    const path = join(this.folder, file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, planted);
    this.#code ??= CompiledCode.read(this.folder);
    await this.#run(["build", "contracts", ...this.#code.carriers(file, files)]);
    writeFileSync(path, source);
    this.#pretendUnchanged();
  }

  /**
   * Leaves the contracts with the fault in `out` and has forge take them for those of the sources as they are: it would
   * compile every suite anew otherwise, for each of them imports what its fixture deploys.
   */
  #pretendUnchanged(): void {
    for (const name of ["out/build-info", FORGE_CACHE]) {
      cpSync(join(this.#clean, name), join(this.folder, name), { recursive: true });
    }
  }

  #restore(): void {
    for (const name of ["out", "cache"]) rmSync(join(this.folder, name), { recursive: true, force: true });
    copyBuild(this.#clean, this.folder);
  }

  /** A suite that ends otherwise than by a failing test has noticed nothing. */
  async #isNoticed(tests: string): Promise<boolean> {
    const { code, output } = await this.#run(["test", "--match-path", tests, "--fail-fast"]);
    return code !== 0 && /\[FAIL/.test(output);
  }

  #run(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#forge, args, { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      const keep = (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-MAXIMUM_OUTPUT);
      };
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? 1, output }));
    });
  }
}

const MAXIMUM_OUTPUT = 2 ** 20;

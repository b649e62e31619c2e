import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBinary } from "../devnet/binaries.js";
import { type Fault, plant } from "./Fault.js";

/** What a suite said of a planted fault. */
export type Verdict = "killed" | "survived" | "does not compile";

/** A copy of the contracts and their suites in which faults are planted, so that the checkout never holds one. */
export class Laboratory {
  readonly #folder: string;
  readonly #forge = findBinary("forge");

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static create(root: string): Laboratory {
    const folder = mkdtempSync(join(tmpdir(), "openledger-mutate-"));
    mkdirSync(join(folder, "script"));
    for (const name of ["contracts", "test", "foundry.toml"]) cpSync(join(root, name), join(folder, name), copied);
    const isNeeded = (name: string) => /\.sol$|^config$|^solc/.test(name);
    for (const name of readdirSync(join(root, "script")).filter(isNeeded)) {
      cpSync(join(root, "script", name), join(folder, "script", name), copied);
    }
    // compiled once already, as a rule
    for (const name of ["out", "cache"]) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    return new Laboratory(folder);
  }

  /** Whether the suites are green with nothing planted, and how they ended when they are not. */
  async check(tests: string): Promise<{ readonly green: boolean; readonly output: string }> {
    const { code, output } = await this.#run(["test", "--match-path", tests]);
    return { green: code === 0 && /\d+ tests? passed/.test(output), output };
  }

  /** Plants the fault, runs its suites and takes it out again. */
  async try(fault: Fault): Promise<Verdict> {
    const path = join(this.#folder, fault.file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, plant(source, fault));
    try {
      const built = await this.#run(["build", "contracts"]);
      if (built.code !== 0) return "does not compile";
      const tested = await this.#run(["test", "--match-path", fault.tests, "--fail-fast"]);
      // a suite that ends otherwise than by a failing test has noticed nothing
      return tested.code !== 0 && /\[FAIL/.test(tested.output) ? "killed" : "survived";
    } finally {
      writeFileSync(path, source);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#forge, args, { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] });
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

const copied = {
  recursive: true,
  filter: (path: string) => !/\/(dist|node_modules|\.bench)(\/|$)/.test(path),
};

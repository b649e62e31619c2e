import { spawn } from "node:child_process";
import { findBinary } from "../../devnet/binaries.js";
import { repositoryRoot } from "../../devnet/repositoryRoot.js";

/** Runs forge in the repository, its output on standard error. @throws Error when it fails. */
export function runForge(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(findBinary("forge"), args, { cwd: repositoryRoot, stdio: ["ignore", 2, 2] });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`forge ${args.join(" ")} ended with ${code}`));
    });
  });
}

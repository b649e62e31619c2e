/**
 * The long run of the contracts' suites: the `deep` profile of foundry.toml with a seed of its own, which is printed so that
 * what it finds can be found again. Run by `npm run test:deep [-- --seed 0x…] [-- forge's options]`.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { findBinary } from "../devnet/binaries.js";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { forgeEnvironment } from "./config.js";

const given = process.argv.slice(2);
const at = given.indexOf("--seed");
const seed = at === -1 ? `0x${randomBytes(32).toString("hex")}` : (given[at + 1] ?? "");
const rest = at === -1 ? given : given.toSpliced(at, 2);

process.stdout.write(`fuzz seed ${seed}\n`);
const { status } = spawnSync(findBinary("forge"), ["test", "--fuzz-seed", seed, ...rest], {
  cwd: repositoryRoot,
  stdio: "inherit",
  env: forgeEnvironment,
});
process.stdout.write(`fuzz seed ${seed}\n`);
process.exitCode = status ?? 1;

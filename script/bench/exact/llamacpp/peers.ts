import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { repositoryRoot } from "../../../devnet/repositoryRoot.js";
import { BenchError } from "../BenchError.js";

const PEERS_DIR = join(repositoryRoot, "script", "bench", "peers");
const ENTRY = join(PEERS_DIR, "node_modules", "node-llama-cpp", "dist", "index.js");
const INSTALL_TIMEOUT_MS = 600_000;

/** Where node-llama-cpp is loaded from, once it is installed. */
export const LLAMA_CPP_URL = pathToFileURL(ENTRY).href;

/**
 * Installs the peers from their lockfile where they are not there yet: node-llama-cpp with its prebuilt processor binary.
 * Binaries of other platforms and of graphics cards, 640 MB, are optional dependencies and left out; nothing is built.
 *
 * @throws BenchError `peer_unavailable`
 */
export async function installPeers(report: (line: string) => void): Promise<void> {
  if (existsSync(ENTRY)) return;
  report(`installing node-llama-cpp (85 MB) in ${PEERS_DIR}`);
  const args = ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"];
  try {
    await promisify(execFile)("npm", args, { cwd: PEERS_DIR, timeout: INSTALL_TIMEOUT_MS });
  } catch (cause) {
    const { stderr } = cause as { readonly stderr?: string };
    const reason = stderr?.match(/^npm error (?:code )?(\S.*)$/m)?.[1] ?? String(cause);
    throw new BenchError(
      "peer_unavailable",
      `node-llama-cpp could not be installed (${reason}); connect to a registry and run npm ci in ${PEERS_DIR}, or leave ` +
        "llama.cpp out with --no-peers",
      true,
      { cause },
    );
  }
}

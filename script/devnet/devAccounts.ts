/**
 * The keys of anvil's well-known mnemonic ("test test … junk"), for the accounts that local services use.
 *
 * Warning: everybody knows these keys. They are written for chain 31337 only.
 */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface DevAccount {
  readonly address: `0x${string}`;
  readonly privateKey: `0x${string}`;
}

export const devAccounts = {
  deployer: {
    address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    privateKey: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  },
  runner: {
    address: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    privateKey: "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  },
  oracle: {
    address: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    privateKey: "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
  },
} as const satisfies Record<string, DevAccount>;

/** Writes an account's key file, readable by its owner alone, unless the user has put one there; answers its path. */
export function writeKeyFile(stateDir: string, name: "runner" | "oracle"): string {
  const folder = join(stateDir, "keys");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) writeFileSync(path, JSON.stringify(devAccounts[name]), { mode: 0o600 });
  return path;
}

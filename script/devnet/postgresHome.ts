/**
 * Where PostgreSQL keeps its files, and as whom it runs.
 *
 * PostgreSQL refuses root. When the supervisor is root it runs as an ordinary account: the owner of the state folder,
 * or `nobody`. That account must be able to reach the data and the programs; below a private folder such as /root it
 * cannot, and then both live under /var/lib/openledger (or the temporary folder), and the state folder remembers where.
 *
 * The npm package's shared libraries need links that its install script would make. They are made here, in the home,
 * and found by LD_LIBRARY_PATH: node_modules is never written to.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DevnetError } from "./DevnetError.js";

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresHome {
  /** The account to run as; undefined when the supervisor is not root. */
  readonly identity: Identity | undefined;
  readonly binDir: string;
  readonly dataDir: string;
  /** Environment that lets the programs find their libraries. */
  readonly env: Readonly<Record<string, string>>;
}

/** In a home outside the state folder: the path that it stands in for. */
const anchorFile = "state-folder";

/** Prepares the folders for a state folder and the programs' folder; idempotent. */
export function preparePostgresHome(stateDir: string, binDir: string): PostgresHome {
  const anchor = join(resolve(stateDir), "postgres");
  mkdirSync(anchor, { recursive: true });
  const identity = chooseIdentity(stateDir);
  const home = identity === undefined ? anchor : reachableHome(anchor, stateDir, identity);
  const usable = identity === undefined || canReach(binDir, identity) ? binDir : copyPrograms(binDir, home);
  const libDir = linkLibraries(usable, home);
  return {
    identity,
    binDir: usable,
    dataDir: join(home, "data"),
    env: libDir === undefined ? {} : { LD_LIBRARY_PATH: `${libDir}:${join(dirname(usable), "lib")}` },
  };
}

/** Undefined unless root: then the owner of the state folder, or nobody. */
function chooseIdentity(stateDir: string): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(stateDir);
  if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const nobody = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .find((fields) => fields[0] === "nobody");
  return { uid: Number(nobody?.[2] ?? 65_534), gid: Number(nobody?.[3] ?? 65_534) };
}

function reachableHome(anchor: string, stateDir: string, identity: Identity): string {
  const pointer = join(anchor, "home");
  if (existsSync(pointer)) return readFileSync(pointer, "utf8").trim();

  // The state folder is ours: others may pass through it, what is private inside has its own mode.
  for (const folder of [stateDir, anchor]) chmodSync(folder, statSync(folder).mode | 0o011);
  if (canReach(anchor, identity)) return anchor;

  const key = createHash("sha256").update(anchor).digest("hex").slice(0, 16);
  for (const base of ["/var/lib/openledger", join(tmpdir(), "openledger")]) {
    const home = join(base, key);
    if (!claimFolder(base) || !canReach(base, identity)) continue;
    sweep(base);
    // Without a pointer to it, what is there belongs to a state folder that was deleted.
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { mode: 0o711 });
    writeFileSync(join(home, anchorFile), anchor);
    writeFileSync(pointer, home);
    return home;
  }
  throw new DevnetError(
    "postgres_unreachable",
    `PostgreSQL must not run as root, and uid ${identity.uid} can reach neither ${anchor}, /var/lib/openledger nor ${tmpdir()}. ` +
      "Choose another state folder with --state, or run as an ordinary user.",
    false,
  );
}

/** Removes the homes whose state folder has been deleted. */
function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    const file = join(base, name, anchorFile);
    if (existsSync(file) && !existsSync(readFileSync(file, "utf8"))) {
      rmSync(join(base, name), { recursive: true, force: true });
    }
  }
}

/** Creates a folder that root owns and others may pass through; false where that is not possible. */
function claimFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o711 });
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== 0) return false;
    chmodSync(path, 0o711);
    return true;
  } catch {
    return false;
  }
}

/** Asks the system itself, so that access lists and mounts count too. */
function canReach(folder: string, identity: Identity): boolean {
  const tried = spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], { ...identity, cwd: "/", stdio: "ignore" });
  return tried.status === 0;
}

function copyPrograms(binDir: string, home: string): string {
  const target = join(home, "native");
  if (!existsSync(join(target, "complete"))) {
    rmSync(target, { recursive: true, force: true });
    cpSync(dirname(binDir), target, { recursive: true, filter: (path) => !path.endsWith(".a") });
    writeFileSync(join(target, "complete"), "");
  }
  return join(target, "bin");
}

/** Links as `native/pg-symlinks.json` of the package lists them; undefined for programs of another origin. */
function linkLibraries(binDir: string, home: string): string | undefined {
  const native = dirname(binDir);
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return undefined;
  const folder = join(home, "lib");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o755 });
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    symlinkSync(join(dirname(native), source), join(folder, target.slice(target.lastIndexOf("/") + 1)));
  }
  return folder;
}

/** Gives a folder and all in it to the account PostgreSQL runs as. */
export function giveTo(path: string, identity: Identity | undefined): void {
  if (identity === undefined) return;
  chownSync(path, identity.uid, identity.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTo(join(path, name), identity);
}

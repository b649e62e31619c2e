import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a generator makes: all that its folders hold. */
export interface Generated {
  /** Below the project's root; nothing else lies in them. */
  readonly folders: readonly string[];
  /** Path below the project's root, to its text. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Brings the folders to what was generated, and removes what an earlier run left; `"check"` writes nothing.
 *
 * @returns The paths that differed.
 */
export function publish(root: string, { folders, files }: Generated, mode: "write" | "check"): readonly string[] {
  const stale = [...files].filter(([path, text]) => readIfThere(join(root, path)) !== text).map(([path]) => path);
  const left = folders
    .flatMap((folder) => listIfThere(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => !files.has(path));
  if (mode === "write") {
    for (const path of left) rmSync(join(root, path));
    for (const path of stale) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), files.get(path)!);
    }
  }
  return [...stale, ...left];
}

function listIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

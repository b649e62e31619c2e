import { readFile } from "node:fs/promises";
import { ModelError } from "./errors.js";

/** @throws ModelError `file_unreadable` */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new ModelError("file_unreadable", `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/**
 * As `readText`, undefined where there is no such file. One that is there and cannot be read is an error.
 *
 * @throws ModelError `file_unreadable`
 */
export async function readOptionalText(file: string): Promise<string | undefined> {
  try {
    return await readText(file);
  } catch (error) {
    const { cause } = error as ModelError;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

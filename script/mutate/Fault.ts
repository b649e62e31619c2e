import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A fault to plant in one contract: one piece of text becomes another, and a suite has to notice. */
export interface Fault {
  /** What the mistake is, in a few words. */
  readonly fault: string;
  /** The file it is planted in, from the repository's root. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly was: string;
  readonly now: string;
  /** Suites that must turn red, as forge's `--match-path` takes them. */
  readonly tests: string;
}

/** The list of faults is wrong: nothing can be said about the suites. */
export class FaultListError extends Error {
  override readonly name = "FaultListError";
  readonly code = "fault_list";
  readonly retryable = false;
}

const FIELDS = ["fault", "file", "was", "now", "tests"] as const;

/** Every fault of a folder's `*.json`, files in order of their names. @throws FaultListError for a malformed or doubled one. */
export function readFaults(folder: string): readonly Fault[] {
  const faults = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .flatMap((name) => readList(join(folder, name)));
  const seen = new Set<string>();
  for (const { file, was, now } of faults) {
    const key = JSON.stringify([file, was, now]);
    if (seen.has(key)) throw new FaultListError(`The same fault is listed twice: ${file}: ${was}`);
    seen.add(key);
  }
  return faults;
}

function readList(path: string): readonly Fault[] {
  const list: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(list)) throw new FaultListError(`${path} holds no array of faults`);
  return list.map((entry: unknown, at) => {
    const fault = entry as Record<string, unknown>;
    const missing = FIELDS.filter((field) => typeof fault?.[field] !== "string");
    if (missing.length > 0) throw new FaultListError(`${path}: fault ${at} lacks the text ${missing.join(", ")}`);
    return fault as unknown as Fault;
  });
}

/** The source with the fault in it. @throws FaultListError when the text to be replaced does not stand there exactly once. */
export function plant(source: string, { file, was, now, fault }: Fault): string {
  const pieces = source.split(was);
  if (pieces.length !== 2 || was === now) {
    throw new FaultListError(`"${fault}": ${file} holds ${pieces.length - 1} times, and has to hold once: ${was}`);
  }
  return pieces.join(now);
}

/** The source with a comment behind it: it is compiled anew, and no code of it is another. */
export function plantNothing(source: string): string {
  return `${source}// changes nothing\n`;
}

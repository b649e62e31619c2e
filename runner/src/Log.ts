/** Says what happened, in a sentence and its facts. Never a key, a prompt or a signature. */
export type Log = (message: string, facts?: Readonly<Record<string, unknown>>) => void;

/** One JSON line for each message. */
export function lineLog(write: (line: string) => void, now: () => Date): Log {
  return (message, facts = {}) => {
    const text = JSON.stringify({ at: now().toISOString(), message, ...facts }, (_key, value: unknown) => {
      if (typeof value === "bigint") return value.toString();
      return value instanceof Error ? describeError(value) : value;
    });
    write(`${text}\n`);
  };
}

/** A fault and what caused it, each in one line. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at !== undefined && parts.length < 5; at = at instanceof Error ? at.cause : undefined) {
    parts.push(at instanceof Error ? `${at.name}: ${at.message.split("\n")[0]}` : String(at).slice(0, 200));
  }
  return parts.join(" ← ");
}

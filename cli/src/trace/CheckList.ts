/** One thing that was held against another. */
export type Check = {
  /** What kind of claim, for instance `records_root`. */
  readonly name: string;
  /** Which one, for instance `contribution 3`. */
  readonly subject: string;
  readonly ok: boolean;
  /** What was found; for a failure also what was expected. */
  readonly detail: string;
};

type Comparable = string | number | bigint;

/** Collects checks: a walk goes on after a failure, and says everything that is wrong. */
export class CheckList {
  readonly all: Check[] = [];

  get ok(): boolean {
    return this.all.every((check) => check.ok);
  }

  /** Whether the two are equal, letter case aside. */
  equal(name: string, subject: string, expected: Comparable, found: Comparable): boolean {
    const [left, right] = [`${expected}`.toLowerCase(), `${found}`.toLowerCase()];
    return this.holds(name, subject, left === right, left === right ? right : `expected ${left}, found ${right}`);
  }

  holds(name: string, subject: string, ok: boolean, detail: string): boolean {
    this.all.push({ name, subject, ok, detail });
    return ok;
  }

  /** Runs a step; when it throws, that is a failed check and the result is undefined. */
  async attempt<T>(name: string, subject: string, step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.holds(name, subject, false, error instanceof Error ? firstLine(error.message) : String(error));
      return undefined;
    }
  }
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}

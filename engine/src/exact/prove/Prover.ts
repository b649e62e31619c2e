import { ExactError } from "../errors.js";
import type { Op, OpKind, TableName, ValueId } from "../program/Op.js";
import type { Arithmetic, Program, ProgramShape, Table } from "../program/Program.js";
import { tableOf } from "../reference/shapes.js";
import type { OpBounds, ShownBound } from "./BoundsReport.js";
import { checkFields } from "./checkFields.js";
import { checkTable } from "./checkTable.js";
import type { Fact } from "./Fact.js";
import { integerRuleOf } from "./integer/integerRuleOf.js";
import { ruleOf } from "./ruleOf.js";

/** What bounds follow from: operations and tables, of which more may come, and how far tokens and positions go. */
export interface Provable extends Pick<Program, "arithmetic" | "ops" | "tables"> {
  readonly shape: Pick<ProgramShape, "maxPositions" | "vocabulary">;
}

/** Proves one operation after another; `proveBounds` says of what and why. */
export class Prover {
  readonly proven: OpBounds[] = [];
  private readonly facts: Fact[];
  private readonly checked = new Set<TableName>();
  private readonly known = new Map<string, unknown>();
  private shown: ShownBound[] = [];

  /** @param known What is known of the first values; the operations that made them are not proven, nor what is absent read. */
  constructor(
    private readonly program: Provable,
    known: readonly Fact[] = [],
  ) {
    this.facts = [...known];
  }

  /**
   * Proves the operations that were not proven yet.
   * @throws ExactError `bound_unprovable` with what was found, `program_malformed`
   */
  advance(): void {
    while (this.facts.length < this.program.ops.length) {
      const op = this.program.ops[this.facts.length]!;
      this.shown = [];
      checkFields(op, this);
      const fact = this.arithmetic === "float" ? ruleOf(op, this) : integerRuleOf(op, this);
      this.proven.push({ op: this.facts.length, kind: op.kind, most: fact.most, least: fact.least, shown: this.shown });
      this.facts.push(fact);
    }
  }

  /** What is known of a value that was proven. */
  fact(value: ValueId): Fact {
    return this.facts[value]!;
  }

  /** What is the same at every use of a table. */
  once<T>(key: string, compute: () => T): T {
    let value = this.known.get(key) as T | undefined;
    if (value === undefined) {
      value = compute();
      this.known.set(key, value);
    }
    return value;
  }

  get arithmetic(): Arithmetic {
    return this.program.arithmetic;
  }

  get shape(): Provable["shape"] {
    return this.program.shape;
  }

  /** An earlier operation that must be of a kind, because its bound is not known of any other. */
  operation<K extends OpKind>(value: ValueId, kind: K, what: string): Op & { readonly kind: K } {
    const op = this.program.ops[value]!;
    this.belongs(op.kind === kind, `${what} (value ${value}) is ${op.kind}, not ${kind}`);
    return op as Op & { readonly kind: K };
  }

  kindOf(value: ValueId): OpKind {
    return this.program.ops[value]!.kind;
  }

  /** A table whose contents are as `Table` says. */
  table<K extends Table["kind"]>(name: TableName, kind: K): Table & { readonly kind: K } {
    const table = tableOf(this.program, name, kind);
    if (!this.checked.has(name)) {
      checkTable(name, table, this);
      this.checked.add(name);
    }
    return table;
  }

  /** @param advice what to do where it is not so. */
  below(bound: string, found: number, limit: number, advice: string): void {
    if (!(found < limit)) this.refuse(bound, found, limit, `must be below ${limit} and may reach ${found}`, advice);
    this.shown.push({ bound, found, limit, margin: limit / found });
  }

  atLeast(bound: string, found: number, limit: number, advice: string): void {
    if (!(found >= limit)) this.refuse(bound, found, limit, `must be at least ${limit} and may be ${found}`, advice);
    this.shown.push({ bound, found, limit, margin: found / limit });
  }

  /** Inputs of an operation whose bounds rest on one another must be made of one another. */
  belongs(holds: boolean, found: string): void {
    if (holds) return;
    this.refuse("inputs belong together", Number.NaN, Number.NaN, found, "compile the program as its operations say");
  }

  private refuse(bound: string, found: number, limit: number, why: string, advice: string): never {
    const op = this.facts.length;
    const { kind } = this.program.ops[op]!;
    throw new ExactError(
      "bound_unprovable",
      `Operation ${op} (${kind}): not proven that ${bound}: ${why}; ${advice}.`,
      { unproven: { op, kind, bound, found, limit } },
    );
  }
}

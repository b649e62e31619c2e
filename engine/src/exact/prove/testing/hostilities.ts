import { shiftsOf } from "../../program/integerFields.js";
import type { Op, TableName } from "../../program/Op.js";
import type { Program, Table } from "../../program/Program.js";

/** Makes a program worse in some place of many. */
export type Hostility = (program: Program, random: () => number) => Program;

export function withTable<K extends Table["kind"]>(
  program: Program,
  name: TableName,
  change: (table: Table & { readonly kind: K }) => Table,
): Program {
  const table = program.tables.get(name) as Table & { readonly kind: K };
  return { ...program, tables: new Map(program.tables).set(name, change(table)) };
}

export function withOp(program: Program, at: number, changes: object): Program {
  return { ...program, ops: program.ops.map((op, i) => (i === at ? ({ ...op, ...changes } as Op) : op)) };
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}

function tablesOf(program: Program, kind: Table["kind"]): TableName[] {
  return [...program.tables].filter(([, table]) => table.kind === kind).map(([name]) => name);
}

/** Changes one float of a table of floats, or one scale of a matrix. */
function someFloat(change: (x: number, random: () => number) => number): Hostility {
  return (program, random) => {
    const name = pick([...tablesOf(program, "floats"), ...tablesOf(program, "matrix")], random);
    return withTable(program, name, (table) => {
      const floats = table.kind === "matrix" ? table.scales.slice() : (table as { data: Float32Array }).data.slice();
      const at = Math.floor(random() * floats.length);
      floats[at] = change(floats[at]!, random);
      return table.kind === "matrix" ? { ...table, scales: floats } : ({ ...table, data: floats } as Table);
    });
  };
}

/** Changes every float of a table, or every scale of a matrix. */
function everyFloat(change: (x: number) => number): Hostility {
  return (program, random) => {
    const name = pick([...tablesOf(program, "floats"), ...tablesOf(program, "matrix")], random);
    return withTable(program, name, (table) =>
      table.kind === "matrix"
        ? { ...table, scales: table.scales.map(change) }
        : ({ ...table, data: (table as { data: Float32Array }).data.map(change) } as Table),
    );
  };
}

function matrixDigits(change: (random: () => number) => (digit: number, at: number) => number): Hostility {
  return (program, random) =>
    withTable(program, pick(tablesOf(program, "matrix"), random), (table) => {
      const matrix = table as Extract<Table, { kind: "matrix" }>;
      return { ...matrix, high: matrix.high.map(change(random)) };
    });
}

function someOp(kinds: readonly Op["kind"][], change: (op: Op, random: () => number) => object): Hostility {
  return (program, random) => {
    const found = [...program.ops.keys()].filter((at) => kinds.includes(program.ops[at]!.kind));
    if (found.length === 0) return program;
    const at = pick(found, random);
    return withOp(program, at, change(program.ops[at]!, random));
  };
}

/** Some shift of an operation in integers becomes another. */
const shift: Hostility = (program, random) => {
  const found = program.ops.flatMap(({ kind }, at) => (shiftsOf(kind) ?? []).map((name) => ({ at, name })));
  if (program.arithmetic === "float") return program;
  const { at, name } = pick(found, random);
  const bits = (program.ops[at] as unknown as { readonly [field: string]: number })[name]!;
  const moved = pick([-3, -1, 1, 3, 10, -bits, 60 - bits, -60 - bits, 0.5], random);
  return withOp(program, at, { [name]: bits + moved });
};

const VALUE_FIELDS = [
  ...["x", "y", "scale", "high", "squares", "squaresScale", "scores", "max", "exponents", "sum", "q"],
  ...["logits", "codes", "sums", "credit", "before", "surprise", "denominator", "of"],
];

/** An input of an operation becomes another earlier value. */
const rewire: Hostility = (program, random) => {
  const at = 1 + Math.floor(random() * (program.ops.length - 1));
  const op = program.ops[at]! as unknown as Record<string, unknown>;
  const fields = VALUE_FIELDS.filter((field) => typeof op[field] === "number");
  if (fields.length === 0) return program;
  return withOp(program, at, { [pick(fields, random)]: Math.floor(random() * at) });
};

const rewireDigits: Hostility = (program, random) => {
  const found = [...program.ops.keys()].filter((at) => "q" in program.ops[at]! || "qkv" in program.ops[at]!);
  const at = pick(found, random);
  const op = program.ops[at]!;
  const field = "qkv" in op ? "qkv" : "q";
  const digits = (op as unknown as Record<string, unknown>)[field];
  if (!Array.isArray(digits)) return program;
  const changed = digits.map((value: number) => (random() < 0.5 ? value : Math.floor(random() * at)));
  return withOp(program, at, { [field]: changed });
};

export const HOSTILITIES: { readonly [name: string]: Hostility } = {
  "a float a power of two larger": someFloat((x, random) => x * 2 ** Math.floor(random() * 140)),
  "a float a power of two smaller": someFloat((x, random) => x * 2 ** -Math.floor(random() * 140)),
  "a float that is none": someFloat((_, random) => pick([Number.NaN, Infinity, -Infinity, 0, -1, 2 ** -149], random)),
  "floats much larger": everyFloat((x) => x * 2 ** 30),
  "floats larger": everyFloat((x) => x * 2 ** 7),
  "floats much smaller": everyFloat((x) => x * 2 ** -40),
  "all weights at their ends": matrixDigits((random) => () => (random() < 0.5 ? 127 : -127)),
  "all weights 127": matrixDigits(() => () => 127),
  "no weights": matrixDigits(() => () => 0),
  "a digit of -128": matrixDigits((random) => (digit) => (random() < 0.02 ? -128 : digit)),
  "exponentials a multiple": (program, random) =>
    withTable<"integers">(program, "exponents", ({ data }) => {
      const factor = pick([0.05, 0.5, 16, 68, 69, 300], random);
      return { kind: "integers", data: data.map((e) => Math.floor(e * factor)) };
    }),
  "sigmoids a multiple": (program, random) =>
    withTable<"integers">(program, "sigmoids", ({ data }) => {
      const factor = pick([2, 2 ** 10, 2 ** 14, 2 ** 15, -1], random);
      return { kind: "integers", data: data.map((e) => e * factor) };
    }),
  "more positions": (program, random) => ({
    ...program,
    shape: { ...program.shape, maxPositions: pick([65, 1000, 20_000, 100_000], random) },
  }),
  "more tokens": (program) => ({ ...program, shape: { ...program.shape, vocabulary: 12 } }),
  "another epsilon": someOp(["normScale"], (_, random) => ({ epsilon: pick([0, 2 ** -120, 2 ** -100, 0.1], random) })),
  "other levels": someOp(["rowScale"], (_, random) => ({ levels: pick([1, 2, 45, 128, 200, 255], random) })),
  "other groups": someOp(["rowScale", "sumSquares", "rotate"], (_, random) => ({
    groups: pick([0, 1, 1.5, 2, 4], random),
  })),
  "another grid": someOp(["scores", "exponent", "sigmoid"], (_, random) => ({
    gridBits: pick([0, 4, 7, 12, 22, 23, -1], random),
  })),
  "no limits": someOp(["rowScale"], () => ({ limit: undefined })),
  "another shape": someOp(["scores", "weigh", "mix"], (op, random) => {
    const shape = (op as Op & { kind: "mix" }).shape;
    return { shape: { ...shape, window: pick([null, 0, 1, 2, 5], random) } };
  }),
  "another constant": someOp(["cubic"], (_, random) => ({ a: pick([0, -1, 2 ** 100, 0.1], random) })),
  "other entries of an index": (program, random) => {
    const [name] = tablesOf(program, "index");
    if (name === undefined) return program;
    return withTable<"index">(program, name, (table) => ({
      ...table,
      entries: table.entries.map((entry) => (random() < 0.9 ? entry : pick([-1, 0, 1407, 1408, 2 ** 30], random))),
    }));
  },
  "another shift": shift,
  rewire,
  rewireDigits,
};

import { createHash } from "node:crypto";
import type { Device, DeviceFormNames } from "../exact/conformance/Device.js";
import type { Program } from "../exact/program/Program.js";
import { outlineOf } from "../exact/program/TableOutline.js";
import { ExactModel, type Fed } from "../exact/run/ExactModel.js";
import type { StepModels } from "./StepModels.js";

/** Sessions kept that nobody uses; each has its own copy of the base's weights, since onnxruntime shares none between sessions. */
const MOST_IDLE = 4;

/** A program at hand: a session that computes it, and the tables that the session is fed for it; call `done` after the last run. */
export interface RunningProgram {
  readonly exact: ExactModel;
  readonly tables: Fed;
  /** Again is nothing. */
  done(): void;
}

interface Kept {
  readonly opening: Promise<ExactModel>;
  users: number;
}

/**
 * Sessions of a base's program and of its adapters'. Programs that differ from the base in equally shaped tables alone run
 * on one session, which is fed these tables; the least recently used sessions that nobody uses are released.
 */
export class ProgramSessions {
  private readonly sessions = new Map<string, Kept>();
  private readonly running = new WeakMap<Program, { readonly key: string; tables: Fed | undefined }>();

  constructor(
    private readonly base: Program,
    private readonly options: DeviceFormNames & { readonly device: Device },
    /** What continues sequences token by token; a graph if absent. */
    readonly steps: StepModels | undefined,
  ) {}

  /** @param program the base's, or one that shares its tables */
  async of(program: Program): Promise<RunningProgram> {
    const known = this.running.get(program) ?? { key: this.keyOf(program), tables: undefined };
    this.running.set(program, known);
    const session = this.session(known.key, program);
    session.users += 1;
    let isDone = false;
    const done = () => {
      if (isDone) return;
      isDone = true;
      session.users -= 1;
      this.giveUp();
    };
    try {
      const exact = await session.opening;
      known.tables ??= exact.tablesOf(program);
      return { exact, tables: known.tables, done };
    } catch (error) {
      done();
      throw error;
    }
  }

  private session(key: string, program: Program): Kept {
    const kept = this.sessions.get(key) ?? this.open(key, program);
    this.sessions.delete(key);
    this.sessions.set(key, kept);
    return kept;
  }

  private open(key: string, program: Program): Kept {
    const opening = ExactModel.open(program, { ...this.options, isFed: this.isFed(program) });
    const kept = { opening, users: 0 };
    // What failed is tried again by the next caller.
    opening.catch(() => {
      if (this.sessions.get(key) === kept) this.sessions.delete(key);
    });
    return kept;
  }

  private giveUp(): void {
    const idle = [...this.sessions].filter(([, { users }]) => users === 0);
    for (const [key, { opening }] of idle.slice(0, Math.max(0, idle.length - MOST_IDLE))) {
      this.sessions.delete(key);
      opening.then((exact) => exact.release()).catch(() => {});
    }
  }

  private isFed(program: Program): (table: string) => boolean {
    return (table) => program.tables.get(table) !== this.base.tables.get(table);
  }

  /** What decides a session: the operations, and the shapes of the tables that are fed. */
  private keyOf(program: Program): string {
    const isFed = this.isFed(program);
    const shapes = [...program.tables].flatMap(([name, table]) => (isFed(name) ? [[name, outlineOf(table)]] : []));
    return createHash("sha256")
      .update(JSON.stringify([program.ops, shapes]))
      .digest("hex");
  }
}

import { createHash } from "node:crypto";
import type { Device, DeviceFormNames } from "../exact/conformance/Device.js";
import type { Program } from "../exact/program/Program.js";
import { outlineOf } from "../exact/program/TableOutline.js";
import { ExactModel, type Fed } from "../exact/run/ExactModel.js";
import type { StepModels } from "./StepModels.js";

/** Sessions kept; each has its own copy of the base's weights, since onnxruntime shares none between sessions. */
const MAX_SESSIONS = 4;

/** A program at hand: a session that computes it, and the tables that the session is fed for it. */
export interface RunningProgram {
  readonly exact: ExactModel;
  readonly tables: Fed;
}

/**
 * Sessions of a base's program and of its adapters'. Programs that differ from the base in equally shaped tables alone run
 * on one session, which is fed these tables; the least recently used session is released.
 */
export class ProgramSessions {
  private readonly sessions = new Map<string, Promise<ExactModel>>();
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
    const exact = await this.session(known.key, program);
    known.tables ??= exact.tablesOf(program);
    return { exact, tables: known.tables };
  }

  async release(): Promise<void> {
    for (const session of this.sessions.values()) await (await session).release();
    this.sessions.clear();
  }

  private async session(key: string, program: Program): Promise<ExactModel> {
    const found = this.sessions.get(key) ?? ExactModel.open(program, { ...this.options, isFed: this.isFed(program) });
    this.sessions.delete(key);
    this.sessions.set(key, found);
    found.catch(() => this.sessions.delete(key));
    for (const [oldest, session] of this.sessions) {
      if (this.sessions.size <= MAX_SESSIONS) break;
      this.sessions.delete(oldest);
      await (await session).release();
    }
    return await found;
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

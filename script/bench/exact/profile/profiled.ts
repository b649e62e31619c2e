import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";

/** One run of one node, as onnxruntime's profile describes it. */
export interface NodeEvent {
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly ts: number;
  readonly args: { readonly op_name: string; readonly node_index: string };
}

export interface Profile {
  /** All nodes of all runs but the first of each session, which lays out memory. */
  readonly nodes: readonly NodeEvent[];
  readonly runs: number;
  /** Of those runs, microseconds. */
  readonly dur: number;
}

interface ProfileEvent extends NodeEvent {
  readonly cat: string;
}

/**
 * Profiles every session that is opened while `work` runs; it is not to release them. onnxruntime writes a profile a
 * session when it ends.
 */
export async function profiled(work: () => Promise<void>): Promise<Profile> {
  const folder = mkdtempSync(join(tmpdir(), "openledger-profile-"));
  const opened: InferenceSession[] = [];
  const create = InferenceSession.create as (graph: Uint8Array, options: object) => Promise<InferenceSession>;
  const opening = async (graph: Uint8Array, options: object): Promise<InferenceSession> => {
    const profiling = { enableProfiling: true, profileFilePrefix: join(folder, "session") };
    const session = await create.call(InferenceSession, graph, { ...options, ...profiling });
    opened.push(session);
    return session;
  };
  Object.assign(InferenceSession, { create: opening });
  try {
    await work();
    for (const session of opened) session.endProfiling();
    const events = readdirSync(folder).map((file) => {
      return JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly ProfileEvent[];
    });
    return merged(events.map(afterFirstRun));
  } finally {
    Object.assign(InferenceSession, { create });
    rmSync(folder, { recursive: true });
  }
}

function afterFirstRun(events: readonly ProfileEvent[]): Profile {
  const runs = events.filter(({ name }) => name === "model_run").sort((a, b) => a.ts - b.ts);
  const counted = runs.slice(1);
  const from = counted[0]?.ts ?? Number.POSITIVE_INFINITY;
  return {
    nodes: events.filter(({ cat, name, ts }) => cat === "Node" && name.endsWith("_kernel_time") && ts >= from),
    runs: counted.length,
    dur: counted.reduce((sum, { dur }) => sum + dur, 0),
  };
}

function merged(profiles: readonly Profile[]): Profile {
  return {
    nodes: profiles.flatMap(({ nodes }) => nodes),
    runs: profiles.reduce((sum, { runs }) => sum + runs, 0),
    dur: profiles.reduce((sum, { dur }) => sum + dur, 0),
  };
}

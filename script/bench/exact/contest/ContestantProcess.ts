import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { BenchError } from "../BenchError.js";
import type { BenchModel } from "../model/benchModel.js";
import type { ContestantName } from "./contestants.js";
import type { ContestAnswer, ContestCall, ProcessRole } from "./protocol.js";

/** As the engine's own workers: 3 · 4 MiB for young objects. */
const HEAP = ["--max-semi-space-size=4"];

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));

/** One contestant in a process of its own: its memory is its own, and its threads idle while others run. */
export class ContestantProcess {
  private constructor(
    readonly name: ContestantName,
    readonly threads: number,
    private readonly child: ChildProcess,
  ) {}

  static start(folder: ArtifactFolder, contestant: ContestantName, threads: number): ContestantProcess {
    const child = start({ role: "contest", folder: folder.path, contestant, threads });
    return new ContestantProcess(contestant, threads, child);
  }

  /**
   * @returns time of the work alone, and the process' peak of memory so far
   * @throws BenchError `contestant_failed`
   */
  async call(call: ContestCall): Promise<{ readonly ms: number; readonly peakMb: number }> {
    const ended = new AbortController();
    try {
      this.child.send(call);
      const exit = once(this.child, "exit", { signal: ended.signal }).then(([code, signal]) => {
        throw this.failed(call, `its process ended (${signal ?? code})`);
      });
      const [answer] = (await Promise.race([once(this.child, "message", { signal: ended.signal }), exit])) as [
        ContestAnswer,
      ];
      if ("error" in answer) throw this.failed(call, answer.error);
      return answer;
    } finally {
      ended.abort();
    }
  }

  /** Ends the process, whatever it does. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }

  private failed({ call }: ContestCall, reason: string): BenchError {
    const what = `${this.name} with ${this.threads} threads was asked to ${call} and failed: ${reason}`;
    return new BenchError("contestant_failed", what, false);
  }
}

/** Writes the files of a model in a process of its own, as compiling blocks and takes memory. */
export async function prepareArtifacts(
  folder: ArtifactFolder,
  model: BenchModel,
  contestants: readonly ContestantName[],
): Promise<void> {
  const child = start({ role: "prepare", folder: folder.path, model, contestants });
  const [code, signal] = await once(child, "exit");
  if (code === 0) return;
  throw new BenchError(
    "contestant_failed",
    `the files of model ${model} could not be written (${signal ?? code})`,
    false,
  );
}

function start(role: ProcessRole): ChildProcess {
  // What libraries print is no figure: both streams go to stderr.
  return fork(MAIN, [JSON.stringify(role)], { stdio: ["ignore", 2, 2, "ipc"], execArgv: HEAP });
}

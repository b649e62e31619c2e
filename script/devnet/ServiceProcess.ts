/**
 * One child process: its log file, its record in the state folder, and its end.
 *
 * Children lead their own process group, so Ctrl-C in a terminal reaches the supervisor alone and it can stop them in
 * order. Output goes straight to a file, so a child outlives a killed supervisor without a broken pipe; the record
 * `run/<service>.json` lets the next start find and stop it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DevnetError } from "./DevnetError.js";
import { recordProcess } from "./processRecord.js";

export interface ServiceCommand {
  readonly service: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Replaces the environment; PATH and HOME are added by the caller when the program needs them. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stateDir: string;
  readonly identity?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ServiceFailedError extends DevnetError {
  override readonly name = "ServiceFailedError";

  constructor(service: string, what: string, logFile: string) {
    const tail = logTail(logFile, 12);
    super("service_failed", `${service} ${what}. Log: ${logFile}${tail === "" ? "" : `\n${tail}`}`, true);
  }
}

export class ServiceProcess {
  readonly exited: Promise<ServiceExit>;
  #exit: ServiceExit | undefined;

  private constructor(
    readonly service: string,
    readonly pid: number,
    readonly logFile: string,
    private readonly child: ChildProcess,
    forget: () => void,
  ) {
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#exit = { code, signal };
        forget();
        resolve(this.#exit);
      });
    });
  }

  /** @throws ServiceFailedError when the program cannot be started at all. */
  static async start(command: ServiceCommand): Promise<ServiceProcess> {
    const logFile = openLog(command.stateDir, command.service);
    const output = openSync(logFile, "a", 0o644);
    const child = spawn(command.command, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ["ignore", output, output],
      detached: true,
      ...(command.identity ?? {}),
    });
    closeSync(output);
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (cause) =>
        reject(new ServiceFailedError(command.service, `cannot be started: ${cause.message}`, logFile)),
      );
    });
    const pid = child.pid as number;
    const forget = recordProcess(command.stateDir, command.service, pid);
    return new ServiceProcess(command.service, pid, logFile, child, forget);
  }

  get exit(): ServiceExit | undefined {
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#exit === undefined) this.child.kill(signal);
  }

  /** Asks with `signal`, and after `graceMs` kills the whole group; resolves when the process has ended. */
  async stop(signal: NodeJS.Signals, graceMs: number): Promise<ServiceExit> {
    this.signal(signal);
    const timer = setTimeout(() => {
      this.signal("SIGKILL");
    }, graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  failed(what: string): ServiceFailedError {
    return new ServiceFailedError(this.service, what, this.logFile);
  }
}

const keptLogs = 4;

/** Opens a new log for a start of the service and keeps the last ones as `.1` … `.4`. */
function openLog(stateDir: string, service: string): string {
  const folder = join(stateDir, "logs");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${service}.log`);
  rmSync(`${path}.${keptLogs}`, { force: true });
  for (let age = keptLogs - 1; age >= 0; age -= 1) {
    const from = age === 0 ? path : `${path}.${age}`;
    if (existsSync(from)) renameSync(from, `${path}.${age + 1}`);
  }
  return path;
}

function logTail(path: string, lines: number): string {
  if (!existsSync(path)) return "";
  return readFileSync(path, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

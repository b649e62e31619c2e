/**
 * Keeps one service running: starts it, watches its end and its health, and starts it again after a growing pause.
 *
 *   idle ── start ──▶ starting ── healthy ──▶ running ── ended or hung ──▶ waiting ── pause ──▶ starting
 *   any state ── stop ──▶ stopped;   too many failures in a row ──▶ failed
 */
import { setTimeout as delay } from "node:timers/promises";
import { DevnetError } from "./DevnetError.js";
import type { ServiceExit, ServiceProcess } from "./ServiceProcess.js";

export interface RunningService {
  readonly process: ServiceProcess;
  isHealthy(): Promise<boolean>;
  stop(): Promise<ServiceExit>;
}

export interface RestartPolicy {
  /** The pause before the first restart; it doubles with each failure in a row. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** After so many failures in a row the service is given up. */
  readonly attempts: number;
  /** A service that ran this long counts as recovered. */
  readonly recoveredAfterMs: number;
  readonly healthEveryMs: number;
  /** Unhealthy for so long means hung: the process is killed and started again. */
  readonly hungAfterMs: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  firstPauseMs: 200,
  longestPauseMs: 10_000,
  attempts: 8,
  recoveredAfterMs: 30_000,
  healthEveryMs: 2_000,
  // A machine whose cores all train may answer late: only a long silence is a fault.
  hungAfterMs: 60_000,
};

export interface SupervisedServiceOptions {
  readonly name: string;
  /** Resolves when the service is healthy; gives up when the signal aborts. */
  readonly start: (signal: AbortSignal) => Promise<RunningService>;
  readonly onEvent: (message: string) => void;
  /** Called after each start but the first. */
  readonly onRestarted?: () => void;
  /** Called once when the service is given up. */
  readonly onGivenUp: (error: DevnetError) => void;
  readonly policy?: RestartPolicy;
}

type State = "idle" | "starting" | "running" | "waiting" | "stopping" | "stopped" | "failed";

export class SupervisedService {
  #state: State = "idle";
  #running: RunningService | undefined;
  #failures = 0;
  #starts = 0;
  #ended = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  /** Start, stop and restart follow each other. */
  #turn: Promise<unknown> = Promise.resolve();
  #wanted: "running" | "stopped" = "stopped";
  #waiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  readonly #policy: RestartPolicy;

  constructor(private readonly options: SupervisedServiceOptions) {
    this.#policy = options.policy ?? defaultRestartPolicy;
  }

  get name(): string {
    return this.options.name;
  }

  get state(): State {
    return this.#state;
  }

  /** The process now running, if any. */
  get process(): ServiceProcess | undefined {
    return this.#running?.process;
  }

  /** The first start: a failure here is the caller's. */
  start(): Promise<void> {
    this.#wanted = "running";
    return this.#inTurn(() => this.#begin());
  }

  /** Resolves when the process is healthy that now runs, or the next one if none does. */
  healthy(): Promise<void> {
    if (this.#state === "running" && this.#running?.process.exit === undefined) return Promise.resolve();
    if (this.#wanted === "stopped" || this.#state === "failed") {
      return Promise.reject(new DevnetError("not_running", `${this.name} is ${this.#state}.`, false));
    }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Sends a signal and resolves when that process has ended; it is then started again. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.process.signal(signal);
    await running.process.exited;
  }

  /** Stops it cleanly and starts it again; resolves when it is healthy. A start that fails is tried again. */
  restart(): Promise<void> {
    this.#state = "stopping";
    return this.#inTurn(async () => {
      await this.#halt();
      await this.#begin().catch((error: unknown) => {
        if (this.#wanted === "running") this.#watching = this.#recover(error, this.#ended.signal);
        throw error;
      });
    });
  }

  /** Stops it for good; no restart follows. A start under way is broken off. */
  stop(): Promise<void> {
    this.#wanted = "stopped";
    this.#ended.abort();
    return this.#inTurn(async () => {
      await this.#halt();
      if (this.#wanted === "running") return;
      this.#state = "stopped";
      this.#rejectWaiters(new DevnetError("stopped", `${this.name} was stopped.`, false));
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #begin(): Promise<void> {
    if (this.#wanted === "stopped") throw new DevnetError("stopped", `${this.name} was stopped.`, false);
    this.#ended = new AbortController();
    this.#failures = 0;
    const stopped = this.#ended.signal;
    try {
      const running = await this.#startOnce(stopped);
      this.#watching = this.#watch(running, stopped);
    } catch (error) {
      this.#state = "failed";
      this.#rejectWaiters(error);
      throw error;
    }
  }

  async #halt(): Promise<void> {
    this.#state = "stopping";
    this.#ended.abort();
    await this.#running?.stop();
    await this.#watching;
    // A restart may have become healthy in the moment it was broken off.
    await this.#running?.stop();
    this.#running = undefined;
  }

  async #startOnce(stopped: AbortSignal): Promise<RunningService> {
    this.#state = "starting";
    const running = await this.options.start(stopped);
    this.#running = running;
    if (stopped.aborted) return running;
    this.#state = "running";
    this.#starts += 1;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
    if (this.#starts > 1) this.options.onRestarted?.();
    return running;
  }

  /** Follows the process, and those that replace it, until a stop or until it is given up. */
  async #watch(first: RunningService, stopped: AbortSignal): Promise<void> {
    let running: RunningService | undefined = first;
    while (running !== undefined) {
      const since = performance.now();
      const exit = await this.#untilEnd(running, stopped);
      if (stopped.aborted) return;
      if (performance.now() - since >= this.#policy.recoveredAfterMs) this.#failures = 0;
      this.#running = undefined;
      running = await this.#startAgain(
        `ended (${exit.signal ?? `code ${exit.code}`})`,
        running.process.failed("ended"),
        stopped,
      );
    }
  }

  async #recover(error: unknown, stopped: AbortSignal): Promise<void> {
    const running = await this.#startAgain("did not start", asDevnetError(error), stopped);
    if (running !== undefined) await this.#watch(running, stopped);
  }

  async #startAgain(what: string, cause: DevnetError, stopped: AbortSignal): Promise<RunningService | undefined> {
    let reason = what;
    let last = cause;
    while (this.#failures < this.#policy.attempts) {
      const pause = Math.min(this.#policy.firstPauseMs * 2 ** this.#failures, this.#policy.longestPauseMs);
      this.#failures += 1;
      this.#state = "waiting";
      this.options.onEvent(`${this.name} ${reason}; starting it again in ${pause / 1000} s`);
      await delay(pause, undefined, { signal: stopped }).catch(() => {});
      if (stopped.aborted) return undefined;
      try {
        const running = await this.#startOnce(stopped);
        if (!stopped.aborted) this.options.onEvent(`${this.name} is healthy again`);
        return running;
      } catch (error) {
        if (stopped.aborted) return undefined;
        last = asDevnetError(error);
        reason = "did not start";
      }
    }
    this.#state = "failed";
    const error = new DevnetError(
      "service_given_up",
      `${this.name} failed ${this.#failures + 1} times in a row and is given up. Last: ${last.message}`,
      false,
      { cause: last },
    );
    this.#rejectWaiters(error);
    this.options.onGivenUp(error);
    return undefined;
  }

  /** Resolves when the process has ended; kills it when it hangs. */
  async #untilEnd(running: RunningService, stopped: AbortSignal): Promise<ServiceExit> {
    const ended = new AbortController();
    const watched = AbortSignal.any([stopped, ended.signal]);
    const exited = running.process.exited.finally(() => ended.abort());
    let healthyAt = performance.now();
    while (!watched.aborted) {
      await delay(this.#policy.healthEveryMs, undefined, { signal: watched }).catch(() => {});
      if (watched.aborted) break;
      if (await running.isHealthy().catch(() => false)) healthyAt = performance.now();
      else if (performance.now() - healthyAt > this.#policy.hungAfterMs && !watched.aborted) {
        this.options.onEvent(`${this.name} has not answered for ${this.#policy.hungAfterMs / 1000} s; killing it`);
        running.process.signal("SIGKILL");
        break;
      }
    }
    return exited;
  }

  #rejectWaiters(error: unknown): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }
}

function asDevnetError(error: unknown): DevnetError {
  return error instanceof DevnetError ? error : new DevnetError("service_failed", String(error), true);
}

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
  #waiters: { readonly after: number; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #settled: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;
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
  async start(): Promise<void> {
    this.#stopping = undefined;
    this.#ended = new AbortController();
    this.#failures = 0;
    await this.#startOnce();
  }

  /** Resolves when a process started later than now, or the one now running, is healthy. */
  async healthy(): Promise<void> {
    if (this.#state === "running" && this.#running?.process.exit === undefined) return;
    await this.#nextStart(this.#starts);
  }

  /** Sends a signal and resolves when that process has ended; it is then started again. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.process.signal(signal);
    await running.process.exited;
  }

  /** Stops it cleanly and starts it again; resolves when it is healthy. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stops it for good; no restart follows. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const before = this.#state;
    this.#state = "stopping";
    this.#ended.abort();
    if (before === "starting" || before === "waiting") await this.#settled.catch(() => {});
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined && running.process.exit === undefined) await running.stop();
    this.#state = "stopped";
    this.#rejectWaiters(new DevnetError("stopped", `${this.name} was stopped.`, false));
  }

  async #startOnce(): Promise<void> {
    this.#state = "starting";
    const ended = this.#ended;
    const attempt = this.options.start(ended.signal);
    this.#settled = attempt.then(
      () => {},
      () => {},
    );
    const running = await attempt;
    this.#running = running;
    // It became healthy in the moment it was stopped: whoever stops it finds and ends it.
    if (ended.signal.aborted) return;
    this.#state = "running";
    this.#starts += 1;
    this.#resolveWaiters();
    void this.#watch(running, ended.signal, performance.now());
  }

  async #watch(running: RunningService, stopped: AbortSignal, since: number): Promise<void> {
    const watching = new AbortController();
    void this.#killWhenHung(running, AbortSignal.any([stopped, watching.signal]));
    const exit = await running.process.exited;
    watching.abort();
    if (stopped.aborted) return;
    if (performance.now() - since >= this.#policy.recoveredAfterMs) this.#failures = 0;
    this.#running = undefined;
    await this.#startAgain(`ended (${exit.signal ?? `code ${exit.code}`})`, stopped, running.process.failed("ended"));
  }

  async #startAgain(what: string, stopped: AbortSignal, cause: DevnetError): Promise<void> {
    let reason = what;
    let last = cause;
    while (!stopped.aborted) {
      this.#failures += 1;
      if (this.#failures > this.#policy.attempts) {
        this.#state = "failed";
        const error = new DevnetError(
          "service_given_up",
          `${this.name} failed ${this.#failures} times in a row and is given up. Last: ${last.message}`,
          false,
          { cause: last },
        );
        this.#rejectWaiters(error);
        this.options.onGivenUp(error);
        return;
      }
      const pause = Math.min(this.#policy.firstPauseMs * 2 ** (this.#failures - 1), this.#policy.longestPauseMs);
      this.#state = "waiting";
      this.options.onEvent(`${this.name} ${reason}; starting it again in ${pause / 1000} s`);
      await delay(pause, undefined, { signal: stopped }).catch(() => {});
      if (stopped.aborted) return;
      try {
        await this.#startOnce();
        this.options.onEvent(`${this.name} is healthy again`);
        return;
      } catch (error) {
        last = error instanceof DevnetError ? error : new DevnetError("service_failed", String(error), true);
        reason = "did not start";
      }
    }
  }

  async #killWhenHung(running: RunningService, watched: AbortSignal): Promise<void> {
    let healthyAt = performance.now();
    while (!watched.aborted) {
      await delay(this.#policy.healthEveryMs, undefined, { signal: watched }).catch(() => {});
      if (watched.aborted) return;
      if (await running.isHealthy().catch(() => false)) healthyAt = performance.now();
      else if (performance.now() - healthyAt > this.#policy.hungAfterMs && !watched.aborted) {
        this.options.onEvent(`${this.name} has not answered for ${this.#policy.hungAfterMs / 1000} s; killing it`);
        running.process.signal("SIGKILL");
        return;
      }
    }
  }

  #nextStart(after: number): Promise<void> {
    if (this.#state === "stopped" || this.#state === "failed" || this.#state === "idle") {
      return Promise.reject(new DevnetError("not_running", `${this.name} is ${this.#state}.`, false));
    }
    return new Promise((resolve, reject) => this.#waiters.push({ after, resolve, reject }));
  }

  #resolveWaiters(): void {
    const ready = this.#waiters.filter((waiter) => this.#starts > waiter.after);
    this.#waiters = this.#waiters.filter((waiter) => this.#starts <= waiter.after);
    for (const waiter of ready) waiter.resolve();
  }

  #rejectWaiters(error: DevnetError): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }
}

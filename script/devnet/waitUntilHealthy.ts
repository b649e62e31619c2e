import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "./ServiceProcess.js";

export interface WaitUntilHealthyOptions {
  readonly service: ServiceProcess;
  readonly isHealthy: () => Promise<boolean>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks `isHealthy` until it answers true, the process ends, `timeoutMs` pass or `signal` aborts.
 *
 * @throws ServiceFailedError with the end of the log in the three latter cases.
 */
export async function waitUntilHealthy(options: WaitUntilHealthyOptions): Promise<void> {
  const { service, isHealthy, timeoutMs, signal } = options;
  const deadline = Date.now() + timeoutMs;
  while (true) {
    if (service.exit !== undefined) {
      throw service.failed(`ended during its start (${service.exit.signal ?? `code ${service.exit.code}`})`);
    }
    if (signal?.aborted === true) throw service.failed("was stopped during its start");
    const asked = isHealthy().catch(() => false);
    if (await Promise.race([asked, service.exited.then(() => false)])) return;
    if (Date.now() > deadline) throw service.failed(`was not healthy within ${timeoutMs / 1000} s`);
    await Promise.race([delay(50, undefined, { ...(signal && { signal }) }).catch(() => {}), service.exited]);
  }
}

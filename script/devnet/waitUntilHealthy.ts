import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "./ServiceProcess.js";

/**
 * Asks `isHealthy` until it answers true, the process ends, or `timeoutMs` pass.
 *
 * @throws ServiceFailedError with the end of the log in the latter two cases.
 */
export async function waitUntilHealthy(
  service: ServiceProcess,
  isHealthy: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (true) {
    if (service.exit !== undefined) {
      throw service.failed(`ended during its start (${service.exit.signal ?? `code ${service.exit.code}`})`);
    }
    if (await isHealthy().catch(() => false)) return;
    if (Date.now() > deadline) throw service.failed(`was not healthy within ${timeoutMs / 1000} s`);
    await Promise.race([delay(50), service.exited]);
  }
}

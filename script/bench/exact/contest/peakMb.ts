import { readFileSync } from "node:fs";

/**
 * Most memory that this process ever had resident, in 10^6 bytes. On Linux from `VmHWM`: `maxRSS` would count what the
 * process was forked from.
 */
export function peakMb(): number {
  if (process.platform !== "linux") return (process.resourceUsage().maxRSS * 1024) / 1e6;
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return (Number(line?.[1]) * 1024) / 1e6;
}

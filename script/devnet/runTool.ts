import { ServiceProcess } from "./ServiceProcess.js";

export interface Tool {
  /** Names the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stateDir: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end. @throws ServiceFailedError with the end of its log when it fails or is stopped. */
export async function runTool(tool: Tool): Promise<void> {
  tool.signal?.throwIfAborted();
  const running = await ServiceProcess.start({ service: tool.name, ...tool });
  const stop = () => void running.stop("SIGTERM", 2_000);
  tool.signal?.addEventListener("abort", stop, { once: true });
  const exit = await running.exited;
  tool.signal?.removeEventListener("abort", stop);
  if (exit.code !== 0) throw running.failed(`ended with ${exit.signal ?? `code ${exit.code}`}`);
}

/**
 * `node runner/dist/main.js` serves until it is stopped; `node runner/dist/main.js collect` sweeps what the market owes
 * the runner and ends. Settings come from the environment, see `readRunnerConfig`.
 */
import { collectDues } from "./collectDues.js";
import { type RunnerConfig, readRunnerConfig } from "./config.js";
import { describeError, lineLog } from "./Log.js";
import { startRunner } from "./startRunner.js";

const log = lineLog(
  (line) => process.stdout.write(line),
  () => new Date(),
);
/** A supervisor starts the runner again; what was admitted and not answered is taken up then. */
const end = (message: string, error: unknown): never => {
  log(message, { error: describeError(error) });
  process.exit(1);
};

async function serve(config: RunnerConfig): Promise<void> {
  const runner = await startRunner(config, log, (error) => end("the runner cannot go on", error));
  log("runner is listening", { url: `http://${config.host}:${runner.port}`, runner: runner.address });

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    runner.stop().then(
      () => process.exit(0),
      (error: unknown) => end("the runner did not stop cleanly", error),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

try {
  const config = readRunnerConfig();
  const [command = "serve"] = process.argv.slice(2);
  if (command === "collect") await collectDues(config, log);
  else if (command === "serve") await serve(config);
  else throw new Error(`The runner knows the commands serve and collect, not "${command}".`);
} catch (error) {
  end("the runner cannot start", error);
}

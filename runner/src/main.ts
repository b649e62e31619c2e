import { readRunnerConfig } from "./config.js";
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

try {
  const config = readRunnerConfig();
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
} catch (error) {
  end("the runner cannot start", error);
}

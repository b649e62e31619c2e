export { type RunnerConfig, readRunnerConfig } from "./config.js";
export { type Log, lineLog } from "./Log.js";
export { type Runner, startRunner } from "./startRunner.js";

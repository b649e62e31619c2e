import { readStoryArguments, runStory } from "./story/runStory.js";

/** `npm start`: the network and its story, then serving; with `--once`, until the story is told. */
try {
  await runStory(readStoryArguments(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error && "code" in error ? error.message : error);
  process.exitCode = 1;
}
// Handles of client libraries may outlive their use; nothing is left to do here.
process.exit();

import { readStoryArguments, runStory } from "./story/runStory.js";

/** `npm run story -- --to settled|trained|claimed`: the network and its story up to a point, then stop. */
try {
  await runStory({ ...readStoryArguments(process.argv.slice(2)), afterwards: "exit" });
} catch (error) {
  console.error(error instanceof Error && "code" in error ? error.message : error);
  process.exitCode = 1;
}
// Handles of client libraries may outlive their use; nothing is left to do here.
process.exit();

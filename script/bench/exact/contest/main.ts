/** A process of the bench: writes the files of a model, or is one contestant and answers what it is called for. */
import { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { writeArtifacts } from "../artifacts/writeArtifacts.js";
import type { Contestant } from "./Contestant.js";
import { loadContestant } from "./loadContestant.js";
import { peakMb } from "./peakMb.js";
import type { ContestAnswer, ContestCall, ProcessRole } from "./protocol.js";

const role = JSON.parse(process.argv[2]!) as ProcessRole;
if (role.role === "prepare") {
  const report = (line: string) => process.stderr.write(`exact: ${line}\n`);
  await writeArtifacts(new ArtifactFolder(role.folder), role.model, role.contestants, report);
  process.disconnect();
} else {
  // Without the bench there is nobody to work for.
  process.on("disconnect", () => process.exit(1));
  let contestant: Contestant | undefined;
  const { folder, contestant: name, threads } = role;
  process.on("message", async (call: ContestCall) => {
    try {
      contestant ??= await loadContestant(new ArtifactFolder(folder), name, threads);
      const started = performance.now();
      await perform(contestant, call);
      answer({ ms: performance.now() - started, peakMb: peakMb() });
    } catch (error) {
      answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}

function answer(message: ContestAnswer): void {
  process.send!(message);
}

async function perform(contestant: Contestant, call: ContestCall): Promise<void> {
  switch (call.call) {
    case "open":
      return await contestant.open(call.sequences, call.length);
    case "generate":
      return await contestant.generate(call.count);
    case "prefill":
      return await contestant.prefill(call.length);
    case "audit":
      return await contestant.audit(call.prompt, call.answer);
  }
}

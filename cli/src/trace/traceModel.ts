import {
  contentHash,
  DocumentReader,
  decodeBaseManifest,
  decodeTrainingManifest,
  EXACT_ENGINE,
  programDescription,
  programRoot,
  query,
  readModel,
  type TrainingManifest,
  type WeightsRef,
  weightsRoot,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "./CheckList.js";
import { checkTransaction } from "./checkTransaction.js";
import type { TracedModel, TracedTraining } from "./Trace.js";

export type TracedModels = {
  readonly model: TracedModel | undefined;
  readonly base: TracedModel | undefined;
  readonly training: { readonly summary: TracedTraining; readonly datanets: TrainingManifest["datanets"] } | undefined;
};

/** The model and, of an adapter, its training manifest and its base: manifests, weight files and program roots. */
export async function traceModel(connection: Connection, checks: CheckList, number: bigint): Promise<TracedModels> {
  const registered = await checks.attempt("model", `model ${number}`, () => readModel(connection.reader, number));
  if (registered === undefined) return { model: undefined, base: undefined, training: undefined };
  const model = await registration(connection, checks, number, registered);
  if (registered.base === 0n) {
    const parts = await traceBase(connection, checks, number, registered);
    if (parts !== undefined) checkProgram(checks, number, registered.programRoot, { ...parts, adapterRoot: null });
    return { model, base: undefined, training: undefined };
  }

  const baseNumber = registered.base;
  const below = await checks.attempt("model", `model ${baseNumber}`, () => readModel(connection.reader, baseNumber));
  const base = below && (await registration(connection, checks, baseNumber, below));
  const parts = below && (await traceBase(connection, checks, baseNumber, below));
  const manifest = await traceTraining(connection, checks, number, registered);
  if (below !== undefined && manifest !== undefined) {
    const subject = `manifest of model ${number}`;
    checks.equal("manifest_base", subject, baseNumber, manifest.base);
    checks.equal("manifest_base_weights", subject, below.weightsRoot, manifest.baseWeightsRoot);
    if (parts !== undefined) {
      const adapterRoot = registered.weightsRoot;
      const { engine, program } = manifest;
      checkProgram(checks, number, registered.programRoot, { ...parts, engine, adapterRoot, programId: program.id });
    }
  }
  const training = manifest && { summary: summaryOf(manifest), datanets: manifest.datanets };
  return { model, base, training };
}

type Registered = Awaited<ReturnType<typeof readModel>>;
type ProgramParts = Parameters<typeof programDescription>[0];

async function registration(
  connection: Connection,
  checks: CheckList,
  number: bigint,
  registered: Registered,
): Promise<TracedModel | undefined> {
  const subject = `model ${number}`;
  const indexed = await checks.attempt("model_indexed", subject, () => query.model(connection.graph, number));
  if (indexed === undefined) return undefined;
  if (indexed === null) {
    checks.holds("model_indexed", subject, false, "the index does not know it");
    return undefined;
  }
  await checkTransaction(connection, checks, `registration of ${subject}`, indexed.transaction, "modelRegistry");
  const { weightsRoot: root, programRoot: program, manifestHash, name } = registered;
  const { owner, transaction } = indexed;
  return { model: `${number}`, name, owner, weightsRoot: root, programRoot: program, manifestHash, transaction };
}

/** A base's manifest and weights; what its program is made of. */
async function traceBase(
  connection: Connection,
  checks: CheckList,
  number: bigint,
  registered: Registered,
): Promise<Omit<ProgramParts, "adapterRoot"> | undefined> {
  const subject = `model ${number}`;
  const manifest = await checks.attempt("manifest", subject, async () =>
    decodeBaseManifest(await connection.content.get(registered.manifestHash)),
  );
  if (manifest === undefined) return undefined;
  checks.holds("manifest", subject, true, registered.manifestHash);
  await checkWeights(connection, checks, subject, manifest.weights, registered.weightsRoot);
  return checks.attempt("program", subject, () => {
    const document = new DocumentReader("base manifest", manifest.document);
    return {
      engine: EXACT_ENGINE,
      architecture: document.field("architecture").raw,
      tokenizerHash: document.field("tokenizer").field("hash").bytes32(),
      baseRoot: registered.weightsRoot,
      programId: manifest.program.id,
    };
  });
}

async function traceTraining(
  connection: Connection,
  checks: CheckList,
  number: bigint,
  registered: Registered,
): Promise<TrainingManifest | undefined> {
  const subject = `model ${number}`;
  const manifest = await checks.attempt("manifest", subject, async () =>
    decodeTrainingManifest(await connection.content.get(registered.manifestHash)),
  );
  if (manifest === undefined) return undefined;
  checks.holds("manifest", subject, true, registered.manifestHash);
  await checkWeights(connection, checks, subject, manifest.weights, registered.weightsRoot);
  return manifest;
}

/** The file of weights that the manifest names: its bytes, their root, and the root on chain. */
async function checkWeights(
  { content }: Connection,
  checks: CheckList,
  subject: string,
  weights: WeightsRef,
  onChain: Hex,
): Promise<void> {
  checks.equal("manifest_weights", subject, onChain, weights.root);
  const bytes = await checks.attempt("weights_file", subject, () => content.get(weights.hash));
  if (bytes === undefined) return;
  checks.equal("weights_file", subject, weights.hash, contentHash(bytes));
  checks.equal("weights_root", subject, onChain, weightsRoot(bytes));
}

function checkProgram(checks: CheckList, number: bigint, onChain: Hex, parts: ProgramParts): void {
  checks.equal("program_root", `model ${number}`, onChain, programRoot(programDescription(parts)));
}

function summaryOf(manifest: TrainingManifest): TracedTraining {
  const { engine, seed, steps, tokens, lossBefore, lossAfter } = manifest;
  return { engine, seed, steps, tokens, lossBefore, lossAfter };
}

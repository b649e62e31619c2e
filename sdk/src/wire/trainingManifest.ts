import type { Hex } from "viem";
import { canonicalJsonBytes, type JsonValue } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";

const FORMAT = "openledger.training/1";

/** A file of weights: its SHA-256 (its name in the content store) and its `weightsRoot`. */
export type WeightsRef = { readonly hash: Hex; readonly root: Hex };

/** The exact program that a model compiles to: how, and the `programId` that compiling again confirms. */
export type ProgramRef = { readonly tier: string; readonly arithmetic: string; readonly id: Hex };

/** How an adapter was trained and from what. Losses are decimal strings; no number is a float. */
export type TrainingManifest = {
  readonly base: bigint;
  readonly baseWeightsRoot: Hex;
  readonly datanets: readonly { readonly datanet: bigint; readonly version: number; readonly root: Hex }[];
  readonly seed: Hex;
  readonly hyperparameters: { readonly [name: string]: string | number };
  readonly adapterConfig: { readonly [name: string]: JsonValue };
  /** Arithmetic of the model's program, `EXACT_ENGINE`. */
  readonly engine: string;
  readonly program: ProgramRef;
  readonly steps: number;
  readonly tokens: number;
  readonly lossBefore: string;
  readonly lossAfter: string;
  readonly weights: WeightsRef;
  readonly split: { readonly [name: string]: JsonValue };
};

/** The manifest's bytes for the content store. @throws InvalidValueError on floats. */
export function encodeTrainingManifest(manifest: TrainingManifest): Uint8Array {
  return canonicalJsonBytes({
    format: FORMAT,
    ...manifest,
    base: manifest.base.toString(),
    datanets: manifest.datanets.map(({ datanet, version, root }) => ({ datanet: datanet.toString(), version, root })),
  });
}

/** @throws MalformedDocumentError */
export function decodeTrainingManifest(bytes: Uint8Array): TrainingManifest {
  const reader = DocumentReader.parse("training manifest", bytes);
  reader.field("format").literal(FORMAT);
  const decimal = (name: string): string => {
    const field = reader.field(name);
    if (!/^\d+(\.\d+)?$/.test(field.text())) field.fail("expected a decimal string");
    return field.text();
  };
  const members = <T>(name: string): T => {
    const field = reader.field(name);
    if (typeof field.raw !== "object" || field.raw === null || Array.isArray(field.raw))
      field.fail("expected an object");
    return field.raw as T;
  };
  return {
    base: reader.field("base").uint(64),
    baseWeightsRoot: reader.field("baseWeightsRoot").bytes32(),
    datanets: reader
      .field("datanets")
      .items()
      .map((item) => ({
        datanet: item.field("datanet").uint(64),
        version: item.field("version").uint32(),
        root: item.field("root").bytes32(),
      })),
    seed: reader.field("seed").bytes32(),
    hyperparameters: members("hyperparameters"),
    adapterConfig: members("adapterConfig"),
    engine: reader.field("engine").text(),
    program: readProgram(reader.field("program")),
    steps: reader.field("steps").uint32(),
    tokens: Number(reader.field("tokens").uint(64)),
    lossBefore: decimal("lossBefore"),
    lossAfter: decimal("lossAfter"),
    weights: readWeights(reader.field("weights")),
    split: members("split"),
  };
}

/** @throws MalformedDocumentError */
export function readProgram(reader: DocumentReader): ProgramRef {
  return {
    tier: reader.field("tier").text(),
    arithmetic: reader.field("arithmetic").text(),
    id: reader.field("id").bytes32(),
  };
}

/** @throws MalformedDocumentError */
export function readWeights(reader: DocumentReader): WeightsRef {
  return { hash: reader.field("hash").bytes32(), root: reader.field("root").bytes32() };
}

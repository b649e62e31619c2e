import { verifyRow } from "@openledger/sdk";
import type { CommittedPlane } from "../document/CommittedProgram.js";
import type { OpenedPart } from "./ElementEvidence.js";
import { shapeOf } from "./openElement.js";
import { refuseEvidence } from "./refuseEvidence.js";
import type { PlanePart } from "./tableParts.js";

/** A part that evidence opens, held against its plane's root. @throws ExactError `evidence_unusable` */
export function takePart(
  planes: ReadonlyMap<string, CommittedPlane>,
  parts: readonly OpenedPart[],
  wanted: PlanePart,
): OpenedPart {
  const name = `part ${wanted.part} of row ${wanted.row} of plane "${wanted.plane}"`;
  const part = parts.find(
    ({ plane, row, part: at }) => plane === wanted.plane && row === wanted.row && at === wanted.part,
  );
  if (part === undefined) return refuseEvidence(`${name} is not opened`);
  const plane = planes.get(wanted.plane)!;
  if (verifyRow(plane.root, shapeOf(plane), part)) return part;
  return refuseEvidence(`${name} is not under root ${plane.root}`);
}

import { formatOpen } from "@openledger/sdk";
import { percent } from "../percent.js";
import { printable } from "../printable.js";
import type { Trace } from "./Trace.js";

const SHOWN_CHARACTERS = 120;

/** The trace for a person: what led to the answer, who earns, and what did not hold. */
export function renderTrace(trace: Trace): string {
  const failed = trace.checks.filter(({ ok }) => !ok);
  const lines = [
    `Receipt ${trace.receiptHash}`,
    `  payer ${trace.payer ?? "unknown"}, runner ${trace.runner ?? "unknown"}`,
    `  fee ${formatOpen(BigInt(String(trace.receipt.fee)))} OPEN, of which ${formatOpen(BigInt(trace.dataFee ?? 0))} for data`,
    "",
    ...settlementLines(trace),
    ...modelLines(trace),
    ...versionLines(trace),
    ...recordLines(trace),
    ...citationLines(trace),
    ...shareLines(trace),
    `${trace.checks.length - failed.length} of ${trace.checks.length} checks hold.`,
    ...failed.map(({ name, subject, detail }) => `  FAILED ${name} (${subject}): ${detail}`),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function settlementLines({ settlement }: Trace): string[] {
  if (settlement === undefined) return ["Not settled yet.", ""];
  const place = settlement.receiptIndex === undefined ? "" : `, receipt ${settlement.receiptIndex}`;
  return [`Settled in batch ${settlement.batch}${place}`, `  transaction ${settlement.transaction}`, ""];
}

function modelLines({ model, base, training }: Trace): string[] {
  const lines: string[] = [];
  for (const one of [model, base]) {
    if (one === undefined) continue;
    lines.push(`${one === base ? "Base" : "Model"} ${one.model} "${one.name}" of ${one.owner}`);
    lines.push(`  weights ${one.weightsRoot}`, `  transaction ${one.transaction}`);
    if (one === model && training !== undefined) {
      lines.push(`  trained ${training.steps} steps, loss ${training.lossBefore} → ${training.lossAfter}`);
    }
  }
  return [...lines, ""];
}

function versionLines({ method, versions }: Trace): string[] {
  const lines = versions.flatMap((version) => [
    `Datanet ${version.datanet}, version ${version.version}: ${version.contributions} contributions, ${version.records} records`,
    `  root ${version.root}`,
    `  index ${version.index?.root ?? "unknown"}`,
    `  transaction ${version.transaction}`,
  ]);
  if (lines.length === 0) return [];
  return [`Attributed by method ${method.hash}, rules ${method.rules ?? "unknown"}`, ...lines, ""];
}

function recordLines({ records }: Trace): string[] {
  const lines = records.flatMap((record) => {
    const { name, version, path } = record.source;
    const shown = record.excerpt ?? record.text;
    return [
      `${percent(record.share)} record ${record.recordIndex}, ${name}@${version} ${path} (${record.licence})`,
      `  by ${record.contributor} in contribution ${record.contribution}, transaction ${record.transactions.contribution}`,
      `  file ${record.cid}`,
      shown === undefined ? "  Its text was erased." : `  ${JSON.stringify(shown.slice(0, SHOWN_CHARACTERS))}`,
    ];
  });
  return lines.length === 0 ? [] : [...lines, ""];
}

function citationLines({ citations }: Trace): string[] {
  if (citations === undefined) return [];
  if (citations.length === 0) return ["No part of the answer stands word for word in the records.", ""];
  const lines = citations.flatMap(({ text, count, places }) => [
    `  ${JSON.stringify(text)}, ${count === 1 ? "once" : `${count} times`}:`,
    ...places.map(({ recordIndex, contributor, licence, source: { name, version, path } }) => {
      return `    record ${recordIndex}, ${name}@${version} ${path} (${licence}) by ${contributor}`;
    }),
  ]);
  return ["Word for word in the records, which says nothing of who is paid:", ...lines, ""];
}

function shareLines({ shares }: Trace): string[] {
  const lines = shares.map(
    ({ account, kind, share, amount }) =>
      `${percent(share)} ${kind === "pool" ? "pool" : account} earns ${formatOpen(BigInt(amount))} OPEN`,
  );
  return lines.length === 0 ? [] : [...lines, ""];
}

import { formatOpen } from "@openledger/sdk";
import type { Answer } from "./ask.js";
import type { Books } from "./books.js";
import type { Accuracy } from "./StoryContext.js";
import type { Contributor } from "./seedDatanet.js";
import type { TrainedModel } from "./trainModel.js";

const percent = (part: number) => `${(100 * part).toFixed(1)} %`;

/** How training changed the loss on text that was kept out of it. */
export function tellTraining({ lossBefore, lossAfter, tokensPerSecond }: TrainedModel): string {
  const fall = 1 - lossAfter / lossBefore;
  return `Held-out loss of the Datanet's text: ${lossBefore.toFixed(3)} before, ${lossAfter.toFixed(3)} after (-${percent(fall)}); ${Math.round(tokensPerSecond)} tokens/s.`;
}

/** One answer: what was asked, what came back, who shaped it, what it cost. */
export function tellAnswer(answer: Answer, contributors: readonly Contributor[]): string {
  const nameOf = (account: string) =>
    contributors.find(({ client }) => client.account.address.toLowerCase() === account.toLowerCase())?.name ??
    "the pool";
  const shares = [...answer.shares]
    .sort((a, b) => b.share - a.share)
    .map(({ account, share }) => `    ${percent(share / 65_536).padStart(7)}  ${nameOf(account)}`);
  const best = answer.records[0];
  const excerpt =
    best === undefined ? "" : `\n  nearest record: ${best.path} (${best.licence})\n${indent(best.excerpt)}`;
  return `An answer, ${formatOpen(answer.fee)} OPEN, receipt ${answer.receiptHash}
  asked:
${indent(answer.prompt)}
  answered:
${indent(answer.text)}
  shaped by:
${shares.join("\n")}${excerpt}${tellCitations(answer)}`;
}

/** What stands word for word in the data, which pays nobody. */
function tellCitations({ citations }: Answer): string {
  return citations
    .map(({ text, path, licence }) => `\n  word for word in ${path} (${licence}):\n${indent(text)}`)
    .join("");
}

/** Who earned what. */
export function tellEarnings(contributors: readonly Contributor[], earned: readonly bigint[]): string {
  const rows = contributors.map(({ name, subject, records, licence }, i) => {
    const about = `${name} (${subject}, ${records.length} records, ${licence})`;
    return `    ${formatOpen(earned[i] ?? 0n).padStart(24)} OPEN  ${about}`;
  });
  return `Contributors have earned and claimed:\n${rows.join("\n")}`;
}

export function tellAccuracy(accuracy: Accuracy): string {
  const { windows, attributionTrue, attributionGenerated, bm25True, bm25Generated } = accuracy;
  return `The right contributor first, over ${windows} held-out windows (chance ${percent(1 / 6)}):
    of the true continuation       attribution ${percent(attributionTrue)}, BM25 ${percent(bm25True)}
    of the generated continuation  attribution ${percent(attributionGenerated)}, BM25 ${percent(bm25Generated)}`;
}

/** The books, line by line. */
export function tellBooks(books: Books): string {
  const row = (name: string, amount: bigint) => `    ${name.padEnd(28)}${formatOpen(amount).padStart(26)} OPEN`;
  return `The books balance to the wei, on chain and in the index:
${row("payers deposited", books.deposits)}
${row("= free balances", books.balances)}
${row("+ in channels", books.channels)}
${row("+ protocol and security", books.governed)}
${row("+ stakers", books.stakers)}
${row("+ model's owner", books.model)}
${row("+ runner", books.runner)}
${row("+ data", books.data)}
${row("  of it claimed", books.claimed)}
${row("  of it the Datanet's pool", books.pool)}
${row("  of it unclaimed", books.unclaimed)}`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `    | ${line}`)
    .join("\n");
}

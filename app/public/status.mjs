// Names and accounts come from strangers: they are put in as text only.

const oneOpen = 10n ** 18n;

function open(amount) {
  const value = BigInt(amount);
  const fraction = (value % oneOpen).toString().padStart(18, "0").slice(0, 6).replace(/0+$/, "");
  return `${value / oneOpen}${fraction === "" ? "" : `.${fraction}`} OPEN`;
}

const short = (hex) => (hex.length > 14 ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : hex);
const percent = (share) => `${((share * 100) / 65_536).toFixed(1)} %`;

function fill(id, heads, rows) {
  const table = document.getElementById(id);
  table.replaceChildren(row("th", heads), ...(rows.length > 0 ? rows.map((cells) => row("td", cells)) : [none()]));
}

function row(tag, cells) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const box = document.createElement(tag);
    const { text, className, title, meters } = typeof cell === "object" ? cell : { text: cell };
    if (meters === undefined) box.textContent = String(text);
    else box.append(...meters.map(meter));
    if (className !== undefined) box.className = className;
    if (title !== undefined) box.title = title;
    line.append(box);
  }
  return line;
}

/** A figure from 0 to 1 as a bar, with its number behind it. */
function meter({ name, value, text }) {
  const line = document.createElement("label");
  const bar = document.createElement("meter");
  bar.value = value;
  line.append(`${name} `, bar, ` ${text}`);
  return line;
}

const none = () => row("td", [{ text: "none yet", className: "empty" }]);

function show(status) {
  const down = status.services.filter(({ state }) => state === "down").length;
  document.getElementById("summary").textContent =
    `${down === 0 ? "All services are up" : `${down} of ${status.services.length} services are down`}. ` +
    `Chain at block ${status.chainHead ?? "?"}, index at block ${status.indexedBlock ?? "?"}.`;
  fill(
    "services",
    ["Service", "State", "Address", ""],
    status.services.map(({ name, state, url, detail }) => [name, { text: state, className: state }, url, detail ?? ""]),
  );
  fill(
    "datanets",
    ["", "Name", "Records", "Contributions", "Versions"],
    (status.datanets ?? []).map((d) => [d.number, d.name, d.records, d.contributions, d.versions]),
  );
  fill(
    "models",
    ["", "Name", "Base", "Trained on Datanet", "Settled"],
    (status.models ?? []).map((m) => [m.number, m.name, m.base ?? "–", m.datanets.join(", ") || "–", open(m.settled)]),
  );
  fill(
    "cards",
    ["Model", "Measured with", "Method", "Rank correlation with retraining, and its standard error"],
    (status.cards ?? []).flatMap(({ model, hash, records, texts, sets, methods }) =>
      methods.map(({ method, lds }) => [
        { text: model, title: `card ${hash}` },
        `${records} records, ${texts} texts, halves: ${sets.map(({ regime, count }) => `${count} ${regime}`).join(", ")}`,
        method,
        {
          meters: lds.map(({ regime, value, error }) => ({
            name: regime,
            value,
            text: `${value.toFixed(2)} ± ${error.toFixed(2)}`,
          })),
        },
      ]),
    ),
  );
  fill(
    "answers",
    ["Model", "Channel", "Tokens", "Fee", "Batch", "Attribution"],
    (status.answers ?? []).map((a) => [
      a.model,
      { text: `${short(a.channel)} no. ${a.nonce}`, title: a.channel },
      a.outputTokens,
      open(a.fee),
      { text: a.batch, title: a.transaction },
      a.shares.map((s) => `${s.kind === "pool" ? "pool" : short(s.account)} ${percent(s.share)}`).join(", ") || "–",
    ]),
  );
  fill(
    "epochs",
    ["", "State", "Batches", "Paid out"],
    (status.epochs ?? []).map((e) => [e.number, e.state, e.batches, e.total === null ? "–" : open(e.total)]),
  );
  fill(
    "totals",
    ["", ""],
    Object.entries(status.totals ?? {}).map(([name, value]) => [
      name,
      name.endsWith("Count") ? value : { text: open(value), title: value },
    ]),
  );
}

async function refresh() {
  try {
    const response = await fetch("/status.json");
    show(await response.json());
  } catch {
    document.getElementById("summary").textContent = "The status page itself does not answer.";
  }
  setTimeout(refresh, 2_000);
}

refresh();

import { readArtifact } from "./readAbi.js";

/** What NatSpec says of one entry of an ABI. */
export interface EntryDocs {
  readonly notice?: string;
  readonly details?: string;
  readonly params: Readonly<Record<string, string>>;
  /** By name, or by `_` and place where a value has none. */
  readonly returns: Readonly<Record<string, string>>;
}

/** A contract's NatSpec as the compiler gives it, with what `@inheritdoc` brought. */
export interface ContractDocs {
  readonly notice?: string;
  /** Of a function by its signature, of an event or error by `event ` or `error ` and its signature. */
  readonly entries: ReadonlyMap<string, EntryDocs>;
}

type Raw = Partial<EntryDocs>;
type Section = Readonly<Record<string, Raw | readonly Raw[]>>;
interface RawDocs {
  readonly notice?: string;
  readonly methods?: Section;
  readonly events?: Section;
  readonly errors?: Section;
}

export function readDocs(out: string, contract: string): ContractDocs {
  const { output } = JSON.parse(readArtifact(out, contract).rawMetadata) as {
    output: { userdoc: RawDocs; devdoc: RawDocs };
  };
  const entries = new Map<string, EntryDocs>();
  for (const docs of [output.userdoc, output.devdoc]) {
    add(entries, "", docs.methods);
    add(entries, "event ", docs.events);
    add(entries, "error ", docs.errors);
  }
  return { ...(output.userdoc.notice === undefined ? {} : { notice: output.userdoc.notice }), entries };
}

/** Of an error that several files declare the compiler lists each: they say the same. */
function add(entries: Map<string, EntryDocs>, prefix: string, section: Section = {}): void {
  for (const [signature, raw] of Object.entries(section)) {
    const known = entries.get(prefix + signature) ?? { params: {}, returns: {} };
    entries.set(prefix + signature, { ...known, ...("length" in raw ? (raw as readonly Raw[])[0] : raw) });
  }
}

/**
 * The chunker, version 1: splits a text into pieces that fit a base model's context.
 *
 * Pieces end at line breaks, if possible at blank lines, and never overlap, so that every byte of a text belongs to one
 * piece at most. The same text, limit and counter always give the same pieces: contributors who run it again get the
 * same records, hence the same root.
 */
export const CHUNKER_VERSION = "openledger.chunk/1";

export interface ChunkLimits {
  /** Most tokens of a piece, as `countTokens` counts. */
  readonly maxTokens: number;
  /** Pieces with fewer UTF-8 bytes are dropped: too little to tell anyone's text by. */
  readonly minBytes: number;
}

/** Line feeds only, no trailing blanks: the canonical form whose UTF-8 bytes a record's hash is taken of. */
export function canonicalText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[ \t]+$/gm, "")
    .replace(/^\n+|\n+$/g, "");
}

/**
 * @param text Any text; it is brought to canonical form first.
 * @param countTokens Tokens of a piece; must not shrink when text is added.
 * @returns Pieces in order; lines that exceed `maxTokens` alone (data, not prose) are left out.
 */
export function chunkText(text: string, limits: ChunkLimits, countTokens: (piece: string) => number): string[] {
  const pieces: string[] = [];
  let lines: string[] = [];
  const flush = () => {
    const piece = canonicalText(lines.join("\n"));
    if (Buffer.byteLength(piece) >= limits.minBytes) pieces.push(piece);
    lines = [];
  };
  for (const line of canonicalText(text).split("\n")) {
    if (countTokens(line) > limits.maxTokens) {
      flush();
      continue;
    }
    if (lines.length > 0 && countTokens([...lines, line].join("\n")) > limits.maxTokens) {
      const rest = splitAtBlankLine(lines);
      flush();
      lines = rest;
      if (lines.length > 0 && countTokens([...lines, line].join("\n")) > limits.maxTokens) flush();
    }
    lines.push(line);
  }
  flush();
  return pieces;
}

/** Cuts `lines` at its last blank line, when that lies in its second half; returns what follows the cut. */
function splitAtBlankLine(lines: string[]): string[] {
  const cut = lines.lastIndexOf("");
  if (cut < lines.length / 2) return [];
  return lines.splice(cut).slice(1);
}

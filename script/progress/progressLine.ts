/** A line that shows how far something is: rewritten in place in a terminal, every few seconds elsewhere. */
export interface ProgressLine {
  update(text: string): void;
  end(): void;
}

const PLAIN_INTERVAL_MS = 5_000;

export function progressLine(name: string, out: NodeJS.WriteStream = process.stderr): ProgressLine {
  let shownAt = 0;
  let shown = false;
  return {
    update(text) {
      const line = `  ${name}: ${text}`;
      if (out.isTTY) {
        out.write(`\r\x1b[2K${line.slice(0, (out.columns || 80) - 1)}`);
        shown = true;
      } else if (performance.now() - shownAt > PLAIN_INTERVAL_MS) {
        out.write(`${line}\n`);
        shownAt = performance.now();
      }
    },
    end() {
      if (shown) out.write("\r\x1b[2K");
    },
  };
}

/** Counts integer logits that were compared, and those that were not the same. */
export class Comparison {
  compared = 0;
  different = 0;

  add(found: readonly Int32Array[], expected: readonly Int32Array[]): void {
    if (found.length !== expected.length) throw new Error(`${found.length} rows are compared with ${expected.length}`);
    for (const [i, row] of found.entries()) {
      const other = expected[i]!;
      if (row.length !== other.length) throw new Error(`${row.length} logits are compared with ${other.length}`);
      this.compared += row.length;
      for (let token = 0; token < row.length; token++) if (row[token] !== other[token]) this.different += 1;
    }
  }
}

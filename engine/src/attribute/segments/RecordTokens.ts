/** Tokens of a version's records in its order, read when they are asked for: an array of them, or a file. */
export interface RecordTokens {
  readonly length: number;
  /** Tokens of a record, where that is known without reading them. */
  lengthOf?(record: number): number;
  at(record: number): { readonly ids: readonly number[] } | undefined;
}

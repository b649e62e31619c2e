/** What the status page shows. Amounts and numbers past 2^53 are decimal strings; amounts are base units of OPEN. */
export interface Status {
  /** When it was read, ISO 8601. */
  readonly at: string;
  readonly services: readonly ServiceStatus[];
  /** Undefined where the source did not answer; `services` says why. */
  readonly chainHead?: string;
  readonly indexedBlock?: string;
  readonly totals?: Readonly<Record<string, string>>;
  readonly datanets?: readonly DatanetStatus[];
  readonly models?: readonly ModelStatus[];
  /** How right attribution is, of the newest models whose owners have measured it; one not in the store is left out. */
  readonly cards?: readonly CardStatus[];
  readonly epochs?: readonly EpochStatus[];
  readonly answers?: readonly AnswerStatus[];
}

export interface ServiceStatus {
  readonly name: "chain" | "index" | "store" | "runner" | "oracle";
  readonly state: "up" | "down";
  readonly url: string;
  /** Why it is down. */
  readonly detail?: string;
}

export interface DatanetStatus {
  readonly number: string;
  readonly name: string;
  readonly records: string;
  readonly contributions: string;
  readonly versions: number;
}

export interface ModelStatus {
  readonly number: string;
  readonly name: string;
  readonly base: string | null;
  readonly settled: string;
  readonly datanets: readonly string[];
}

/** A model's attribution card. */
export interface CardStatus {
  readonly model: string;
  readonly hash: string;
  readonly records: number;
  readonly texts: number;
  /** Subsets that were retrained on, by regime. */
  readonly sets: readonly { readonly regime: string; readonly count: number }[];
  readonly methods: readonly {
    readonly method: string;
    /** Rank correlation with retraining, and its standard error. */
    readonly lds: readonly { readonly regime: string; readonly value: number; readonly error: number }[];
  }[];
}

export interface EpochStatus {
  readonly number: string;
  readonly state: string;
  readonly batches: string;
  readonly total: string | null;
}

/** A settled answer. Its text is the payer's own and is not here. */
export interface AnswerStatus {
  readonly model: string;
  readonly channel: string;
  readonly nonce: string;
  readonly fee: string;
  readonly outputTokens: number;
  readonly batch: string;
  readonly transaction: string;
  /** Parts of 65,536, largest first; `pool` is what belongs to nobody's record. */
  readonly shares: readonly {
    readonly account: string;
    readonly kind: "contributor" | "pool";
    readonly share: number;
  }[];
}

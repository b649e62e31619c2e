/**
 * The runner's tables. A migration is never changed once released; the next one is appended.
 *
 * Hashes and addresses are lower-case hex text. Amounts are `numeric`, read as text and turned into bigint: PostgreSQL's
 * integers end below uint96.
 */
export const migrations: readonly string[] = [
  `
  -- One row a channel: its lock serialises what is admitted on it.
  create table channels (
    channel text primary key,
    payer text not null,
    -- What the market had paid out of the channel when this database first saw it.
    claimed_before numeric(39) not null,
    seen_at timestamptz not null default now()
  );

  -- How far a channel has come with one model.
  create table progress (
    channel text not null references channels,
    model numeric(20) not null,
    nonce numeric(20) not null,
    cumulative numeric(39) not null,
    -- What the market had paid for this model when this database first saw the pair.
    claimed_before numeric(39) not null,
    primary key (channel, model)
  );

  -- Voucher and request, stored before anything is generated. Named by the voucher's digest.
  create table requests (
    digest text primary key,
    channel text not null,
    model numeric(20) not null,
    nonce numeric(20) not null,
    cumulative_cap numeric(39) not null,
    request_hash text not null,
    deadline numeric(20) not null,
    signature text not null,
    salt text not null,
    prompt text not null,
    max_tokens integer not null,
    temperature_milli integer not null,
    top_p_milli integer not null,
    top_k integer not null,
    seed text not null,
    state text not null check (state in ('pending', 'answered', 'released')),
    attempts integer not null default 0,
    failure text,
    accepted_at timestamptz not null default now(),
    foreign key (channel, model) references progress
  );
  create unique index requests_hold_their_nonce on requests (channel, model, nonce) where state <> 'released';
  create index requests_pending on requests (accepted_at) where state = 'pending';

  create table batches (
    batch bigint generated always as identity primary key,
    receipts_root text not null,
    data_hash text not null,
    rows text not null,
    config_version integer not null,
    receipt_count integer not null,
    amount numeric(39) not null,
    state text not null check (state in ('open', 'settled', 'abandoned')),
    reason text,
    chain_batch numeric(20),
    transaction_hash text,
    block_number numeric(20),
    block_hash text,
    -- Blocks before this one cannot hold the batch.
    from_block numeric(20) not null,
    created_at timestamptz not null default now(),
    check (state <> 'settled' or (chain_batch is not null and transaction_hash is not null and block_hash is not null))
  );
  create index batches_open on batches (batch) where state = 'open';

  -- The outbox: a transaction is signed and stored before it is sent, so that a restart sends the same one again.
  create table transactions (
    hash text primary key,
    batch bigint not null references batches,
    account_nonce integer not null,
    raw text not null,
    signed_at timestamptz not null default now()
  );
  create index transactions_by_batch on transactions (batch, signed_at);

  create table receipts (
    hash text primary key,
    digest text not null unique references requests,
    channel text not null,
    model numeric(20) not null,
    nonce numeric(20) not null,
    cumulative numeric(39) not null,
    fee numeric(39) not null,
    prompt_tokens integer not null,
    output_tokens integer not null,
    request_hash text not null,
    program_root text not null,
    seed text not null,
    output_hash text not null,
    attribution_hash text not null,
    signature text not null,
    method_hash text not null,
    shares jsonb not null,
    records jsonb not null,
    tokens integer[] not null,
    answer text not null,
    finish text not null,
    batch bigint references batches,
    signed_at timestamptz not null default now(),
    unique (channel, model, nonce)
  );
  create index receipts_unsettled on receipts (channel, model, nonce) where batch is null;
  create index receipts_by_batch on receipts (batch) where batch is not null;
  `,
  `
  -- Requests accepted before this had none: thousandths, 1000 is off.
  alter table requests add column repetition_penalty_milli integer not null default 1000;
  alter table requests alter column repetition_penalty_milli drop default;
  `,
  `
  -- What the market expects of a settlement is the configuration itself, not its number. A batch of before, if one is still
  -- on its way, is refused and its receipts go into another.
  alter table batches rename column config_version to config_code;
  `,
  `
  -- Receipts that the court was asked for: an answer is signed and stored before it is sent.
  create table demands (
    -- The batch's number on the chain.
    batch numeric(20) not null,
    receipt_index bigint not null,
    deadline numeric(20) not null,
    state text not null default 'open' check (state in ('open', 'answered')),
    -- Newest block when it was seen answered.
    answered_at numeric(20),
    -- Of the answer; once it is answered, of the release of the stake that the demand locked.
    hash text,
    account_nonce integer,
    raw text,
    primary key (batch, receipt_index),
    check (state <> 'answered' or answered_at is not null)
  );
  -- How far demands were followed: one row.
  create table followed (
    one boolean primary key default true check (one),
    block numeric(20) not null
  );
  create index batches_by_number on batches (chain_batch) where chain_batch is not null;
  -- What stood behind a batch is not kept for ever.
  alter table batches add column pruned boolean not null default false;
  `,
  `
  -- What stands word for word in records; null where nobody looked.
  alter table receipts add column citations jsonb;
  `,
];

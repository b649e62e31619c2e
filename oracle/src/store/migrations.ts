/**
 * The oracle's tables. A migration is never changed once released; the next one is appended.
 *
 * Everything that follows from a block hangs on that block's row: a reorganisation deletes the orphaned blocks, and
 * what was derived from them goes with them. Files are named by their content and outlive any reorganisation.
 *
 * Hashes and addresses are lower-case hex text. Amounts are `numeric`, read as text and turned into bigint.
 */
export const migrations: readonly string[] = [
  `
  -- The branch that is followed. Blocks without events are dropped once final, but for the newest.
  create table blocks (
    number bigint primary key,
    hash text not null,
    parent_hash text,
    unique (number, hash)
  );

  create table events (
    block bigint not null,
    block_hash text not null,
    log_index integer not null,
    transaction_hash text not null,
    contract text not null,
    name text not null,
    args jsonb not null,
    primary key (block, log_index),
    foreign key (block, block_hash) references blocks (number, hash) on delete cascade
  );
  create index events_by_name on events (name, block, log_index);
  create index events_by_batch on events ((args->>'batch')) where args ? 'batch';
  create index events_by_model on events ((args->>'model')) where name = 'ModelRegistered';
  create index events_by_epoch on events ((args->>'epoch')) where args ? 'epoch';
  create index events_by_contribution on events ((args->>'contribution')) where args ? 'contribution';
  create index events_by_datanet on events ((args->>'datanet')) where args ? 'datanet';
  create index events_by_channel on events ((args->>'channel')) where name = 'ChannelOpened';

  -- What reading a batch came to. 'reading' until each of its receipts is judged.
  create table batches (
    batch numeric(20) primary key,
    block bigint not null,
    block_hash text not null,
    state text not null check (state in ('reading', 'verified', 'refused')),
    reason text,
    receipt_count integer not null default 0,
    tried_at timestamptz not null,
    first_tried_at timestamptz not null,
    foreign key (block, block_hash) references blocks (number, hash) on delete cascade,
    check (state <> 'refused' or reason is not null)
  );
  create index batches_reading on batches (batch) where state = 'reading';

  -- One row a receipt. Only a credited one earns anybody anything in this oracle's lists.
  create table receipts (
    batch numeric(20) not null references batches on delete cascade,
    receipt_index integer not null,
    hash text not null,
    model numeric(20) not null,
    cumulative numeric(39) not null,
    fee numeric(39) not null,
    shares jsonb not null,
    state text not null check (state in ('credited', 'disputed')),
    -- Of a disputed one: which check failed, what it asked for, what was found.
    fault text,
    asked text,
    found text,
    judged_at timestamptz not null,
    primary key (batch, receipt_index),
    check (state <> 'disputed' or (fault is not null and asked is not null and found is not null))
  );
  create index receipts_disputed on receipts (batch) where state = 'disputed';
  create index receipts_by_hash on receipts (hash);

  -- Leaf data of epochs, by SHA-256: kept for whoever claims or proves.
  create table files (
    hash text primary key,
    bytes bytea not null,
    kept_at timestamptz not null
  );

  -- The lists this oracle itself came to, one an epoch.
  create table lists (
    epoch numeric(20) primary key,
    block bigint not null,
    block_hash text not null,
    credits_root text not null,
    payouts_root text not null,
    total numeric(39) not null,
    data_hash text not null references files,
    credit_count integer not null,
    payout_count integer not null,
    built_at timestamptz not null,
    foreign key (block, block_hash) references blocks (number, hash) on delete cascade
  );

  -- The outbox: a transaction is signed and stored before it is sent, so that a restart sends the same one again.
  create table transactions (
    hash text primary key,
    -- What it does, with all that decides its bytes: the same purpose is never signed twice while one may still land.
    purpose text not null,
    account text not null,
    account_nonce bigint not null,
    raw text not null,
    max_fee_per_gas numeric(39) not null,
    state text not null check (state in ('sent', 'done', 'reverted', 'replaced')),
    signed_at timestamptz not null
  );
  create index transactions_sent on transactions (signed_at) where state = 'sent';

  -- What a person should see: disputed receipts, false epochs, files that nobody has.
  create table findings (
    subject text not null,
    kind text not null,
    message text not null,
    found_at timestamptz not null,
    primary key (subject, kind)
  );
  `,
  `
  -- Lists are of a timestamp: cases and voids count as they stood then. Lists without one cannot be proposed any more.
  delete from lists;
  alter table lists add column as_of numeric(20) not null;
  create index events_by_proposal on events ((args->>'proposal')) where args ? 'proposal';
  `,
  `
  -- The courts are followed as well: what was followed without them is followed anew.
  delete from blocks;
  create index events_by_dispute on events ((args->>'dispute')) where args ? 'dispute';

  -- Batches that were looked through for what a proof can show.
  alter table batches add column searched boolean not null default false;

  -- Bonds and deposits, each noted before it is sent: together they stay within the budget, less what came back.
  create table outlays (
    subject text primary key,
    amount numeric(39) not null,
    made_at timestamptz not null
  );
  `,
  `
  -- What is shown of whole batches is followed as well: what was followed without it is followed anew.
  delete from blocks;
  `,
  `
  -- Rounds of validators are followed as well: what was followed without them is followed anew.
  delete from blocks;
  create index events_by_round on events ((args->>'round')) where args ? 'round';

  -- What this oracle committed to, by the commitment: whoever loses the salt cannot reveal. It outlives a reorganisation,
  -- since the commitment may land on the new branch as well.
  create table scores (
    commitment text primary key,
    round numeric(20) not null,
    contributions_hash text not null,
    scores integer[] not null,
    salt text not null,
    judged_at timestamptz not null,
    unique (round, contributions_hash)
  );

  -- Why, by contribution: told once no score can be copied any more.
  create table admissions (
    commitment text not null references scores on delete cascade,
    datanet numeric(20) not null,
    contribution numeric(20) not null,
    told_from numeric(20) not null,
    text text not null,
    primary key (commitment, contribution)
  );
  create index admissions_by_contribution on admissions (contribution);
  `,
];

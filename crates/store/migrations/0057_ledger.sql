-- Money that the federation grants to a unit. A grant is released, sent and paid as a whole; the ledger has an entry for each step. `book_year` is the year on whose
-- accounts it stands, another than `year` once it was carried over unpaid. `source_key` knows a subsidy again that was reckoned.
CREATE TABLE money_grant (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  book_year BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  basis TEXT NOT NULL,
  source_key TEXT,
  state TEXT NOT NULL,
  granted_on TEXT NOT NULL,
  granted_by TEXT,
  granted_by_name TEXT NOT NULL,
  granted_at TEXT NOT NULL,
  revision BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX money_grant_source ON money_grant (source_key) WHERE state <> 'cancelled';
CREATE INDEX money_grant_year ON money_grant (year, unit_path, id);
CREATE INDEX money_grant_book ON money_grant (book_year, state, unit_path, id);
CREATE INDEX money_grant_unit ON money_grant (unit_id, year);

-- What is to be granted, before somebody confirms it. `typed`: its rows as they were typed or stood in the table, as JSON.
CREATE TABLE grant_list (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  file_name TEXT NOT NULL DEFAULT '',
  typed TEXT NOT NULL,
  state TEXT NOT NULL,
  made_by TEXT,
  made_by_name TEXT NOT NULL,
  made_at TEXT NOT NULL,
  request_key TEXT,
  revision BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX grant_list_open ON grant_list (year, state, id);
CREATE UNIQUE INDEX grant_list_request ON grant_list (request_key);

-- Entries of the ledger: added, never changed. Each is about one unit, and its lines come to nothing on either side of each year. `purpose` and `payee` are of
-- what was spent, `over_fen` how much of it is more than there was.
CREATE TABLE ledger_entry (
  id TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  happened_on TEXT NOT NULL,
  basis TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  reverses_id TEXT,
  grant_id TEXT NOT NULL DEFAULT '',
  run_id TEXT NOT NULL DEFAULT '',
  purpose TEXT NOT NULL DEFAULT '',
  payee TEXT NOT NULL DEFAULT '',
  over_fen BIGINT NOT NULL DEFAULT 0,
  recorded_by TEXT,
  recorded_by_name TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  request_key TEXT
);
CREATE UNIQUE INDEX ledger_entry_number ON ledger_entry (number);
CREATE UNIQUE INDEX ledger_entry_reverses ON ledger_entry (reverses_id);
CREATE UNIQUE INDEX ledger_entry_request ON ledger_entry (request_key);
CREATE INDEX ledger_entry_year ON ledger_entry (year, number, unit_path);
CREATE INDEX ledger_entry_kind ON ledger_entry (year, kind, number);
CREATE INDEX ledger_entry_unit ON ledger_entry (unit_id, number);
CREATE INDEX ledger_entry_grant ON ledger_entry (grant_id, kind);

-- The amounts of an entry on the accounts of a year: above zero what comes to be there, below what goes away.
CREATE TABLE ledger_line (
  entry_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  account TEXT NOT NULL,
  purpose TEXT NOT NULL DEFAULT '',
  amount_fen BIGINT NOT NULL,
  PRIMARY KEY (entry_id, place)
);
CREATE INDEX ledger_line_unit ON ledger_line (unit_id, year, account, purpose);
CREATE INDEX ledger_line_year ON ledger_line (year, unit_id, account, purpose);

-- What a unit's year comes to, worked out of the lines whenever they are added to, for lists and sums. `id`: the unit and the year.
CREATE TABLE ledger_total (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  year BIGINT NOT NULL,
  opening_fen BIGINT NOT NULL,
  granted_fen BIGINT NOT NULL,
  unpaid_fen BIGINT NOT NULL,
  paid_fen BIGINT NOT NULL,
  spent_fen BIGINT NOT NULL,
  returned_fen BIGINT NOT NULL,
  closing_fen BIGINT NOT NULL
);
CREATE INDEX ledger_total_year ON ledger_total (year, unit_path, id);
CREATE INDEX ledger_total_unit ON ledger_total (unit_id, year);

-- The years whose books are closed.
CREATE TABLE ledger_year (
  year BIGINT PRIMARY KEY,
  entries BIGINT NOT NULL,
  left_fen BIGINT NOT NULL,
  closed_by TEXT,
  closed_by_name TEXT NOT NULL,
  closed_at TEXT NOT NULL
);

-- Where a unit is paid: the newest revision counts, those before stay. `sealed` is the number, encrypted with the instance's key; `tail` its last four digits.
CREATE TABLE bank_detail (
  unit_id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  account_name TEXT NOT NULL,
  bank TEXT NOT NULL,
  sealed TEXT NOT NULL,
  tail TEXT NOT NULL,
  said_by TEXT,
  said_by_name TEXT NOT NULL,
  said_at TEXT NOT NULL,
  PRIMARY KEY (unit_id, revision)
);

-- Payment runs. The digests are of the file for the bank, once it is approved.
CREATE TABLE payment_run (
  id TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  year BIGINT NOT NULL,
  state TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  total_fen BIGINT NOT NULL,
  prepared_by TEXT,
  prepared_person_id TEXT,
  prepared_by_name TEXT NOT NULL,
  prepared_at TEXT NOT NULL,
  approved_by TEXT,
  approved_by_name TEXT NOT NULL DEFAULT '',
  approved_at TEXT,
  csv_digest TEXT NOT NULL DEFAULT '',
  xlsx_digest TEXT NOT NULL DEFAULT '',
  ended_by_name TEXT NOT NULL DEFAULT '',
  ended_at TEXT,
  request_key TEXT,
  revision BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX payment_run_number ON payment_run (number);
CREATE UNIQUE INDEX payment_run_request ON payment_run (request_key);
CREATE INDEX payment_run_year ON payment_run (year, state, number);

-- The grants of a run, with where each is paid to as that was known when it was prepared.
CREATE TABLE payment_row (
  run_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  grant_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  basis TEXT NOT NULL,
  account_name TEXT NOT NULL,
  bank TEXT NOT NULL,
  sealed TEXT NOT NULL,
  tail TEXT NOT NULL,
  bank_revision BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run_id, place)
);
CREATE INDEX payment_row_grant ON payment_row (grant_id, run_id);

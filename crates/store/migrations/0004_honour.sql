-- A title held. `level`: county, city, province, nation. `state`: in-force, suspended, revoked, withdrawn. `reconfirmed`: P5.
CREATE TABLE honour (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  level TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_kind TEXT NOT NULL,
  division TEXT NOT NULL DEFAULT '',
  holder_name TEXT NOT NULL,
  holder_sort_key TEXT NOT NULL,
  person_id TEXT NOT NULL DEFAULT '',
  person_name TEXT NOT NULL DEFAULT '',
  number TEXT NOT NULL DEFAULT '',
  begun_on TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'in-force',
  reconfirmed BIGINT NOT NULL DEFAULT 0,
  reconfirmed_by TEXT,
  source TEXT NOT NULL DEFAULT 'named',
  named_by TEXT,
  application_id TEXT,
  batch_id TEXT NOT NULL DEFAULT '',
  revision BIGINT NOT NULL DEFAULT 1,
  recorded_at TEXT NOT NULL
);
CREATE INDEX honour_unit ON honour (unit_id, title, year);
CREATE INDEX honour_person ON honour (person_id) WHERE person_id <> '';
-- For the roll, by its three orders and its filters.
CREATE INDEX honour_newest ON honour (state, year DESC, holder_sort_key, id);
CREATE INDEX honour_oldest ON honour (state, year, holder_sort_key, id);
CREATE INDEX honour_sorted ON honour (state, holder_sort_key, id);
CREATE INDEX honour_roll ON honour (title, state, year, unit_path);
-- For the targets, without touching the table: one run for the city, one a district.
CREATE INDEX honour_yearly ON honour (state, title, year, unit_kind);
CREATE INDEX honour_counted ON honour (state, unit_path, title, year, unit_kind);
CREATE INDEX honour_batch ON honour (batch_id);
CREATE UNIQUE INDEX honour_number ON honour (number) WHERE number <> '';
CREATE UNIQUE INDEX honour_once ON honour (title, level, year, unit_id, person_id) WHERE state IN ('in-force', 'suspended');

-- What happened to a title held: named, imported, suspended, resumed, revoked, withdrawn, reconfirmed.
CREATE TABLE honour_event (
  id TEXT PRIMARY KEY,
  honour_id TEXT NOT NULL,
  act TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  document_number TEXT NOT NULL DEFAULT '',
  account_id TEXT,
  account_name TEXT NOT NULL DEFAULT '',
  at TEXT NOT NULL
);
CREATE INDEX honour_event_honour ON honour_event (honour_id, id);

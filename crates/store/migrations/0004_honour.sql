-- A title held. `level`: county, city, province, nation. `state`: in-force, suspended, revoked, withdrawn. `reconfirmed`: P5.
CREATE TABLE honour (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  level TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
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
CREATE INDEX honour_roll ON honour (title, state, year, unit_path);
CREATE INDEX honour_sorted ON honour (holder_sort_key, id);
CREATE INDEX honour_batch ON honour (batch_id);
CREATE UNIQUE INDEX honour_number ON honour (number) WHERE number <> '';

-- What happened to a title held: named, suspended, resumed, revoked, withdrawn, reconfirmed.
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

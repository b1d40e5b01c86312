-- That a holder of a title was put forward for a higher honour (R2). `honour`: the higher honour's key in the standard; `title_held`: the title by which it went
-- first. `place` of `ranked`: where it stood among those who could be put forward; `passed_over`: how many stood before it and were not put forward, with the
-- reason. `person_id` is empty for a unit's own.
CREATE TABLE put_forward (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  honour TEXT NOT NULL,
  title_held TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  person_id TEXT NOT NULL DEFAULT '',
  person_name TEXT NOT NULL DEFAULT '',
  place BIGINT NOT NULL,
  ranked BIGINT NOT NULL,
  passed_over BIGINT NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  put_by TEXT NOT NULL,
  put_by_name TEXT NOT NULL,
  put_at TEXT NOT NULL
);
CREATE UNIQUE INDEX put_forward_once ON put_forward (honour, year, unit_id, person_id);
CREATE INDEX put_forward_path ON put_forward (honour, unit_path, year);

-- What came of it: awarded, not-awarded or waiting. Added, never changed; the newest counts.
CREATE TABLE forward_outcome (
  id TEXT PRIMARY KEY,
  forward_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  day TEXT NOT NULL,
  document_number TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX forward_outcome_forward ON forward_outcome (forward_id, id);

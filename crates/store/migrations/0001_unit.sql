-- The register: units in a leadership tree with a place, people, posts, elections, and the history of every unit.
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

CREATE TABLE division (
  code TEXT PRIMARY KEY,
  parent_code TEXT NOT NULL DEFAULT '',
  level TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL
);

CREATE TABLE unit (
  id TEXT PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  parent_id TEXT,
  path TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  division TEXT NOT NULL DEFAULT '',
  form TEXT,
  credit_code TEXT,
  founded_on TEXT,
  employer TEXT,
  employer_name TEXT,
  employer_credit_code TEXT,
  employer_address TEXT,
  employer_nature TEXT,
  employer_economic_type TEXT,
  employer_industry TEXT,
  phone TEXT,
  workers BIGINT,
  members BIGINT,
  state TEXT NOT NULL DEFAULT 'active',
  ended_on TEXT,
  successor_id TEXT,
  revision BIGINT NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
);
CREATE INDEX unit_parent ON unit (parent_id, state, sort_key, path);
-- Covers searches and the other orders of the list within a subtree.
CREATE INDEX unit_living ON unit (state, path, kind, sort_key, division, id, number, workers, members, changed_at);
CREATE INDEX unit_listing ON unit (state, kind, path, sort_key);
-- Covers the list of units: a page is found, filtered and counted without touching a row.
CREATE INDEX unit_sorted ON unit (state, sort_key, path, kind, division, id);
CREATE INDEX unit_division ON unit (division, path);
CREATE UNIQUE INDEX unit_credit_code ON unit (credit_code) WHERE credit_code IS NOT NULL AND state = 'active';
CREATE INDEX unit_employer_credit_code ON unit (employer_credit_code) WHERE employer_credit_code IS NOT NULL;

-- Every state a unit was ever in, from a day on; the newest row is what unit holds. `change`: founded, corrected,
-- moved, renamed, merged, closed. `data` is the whole descriptive row then, as JSON.
CREATE TABLE unit_version (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  change TEXT NOT NULL,
  data TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  recorded_by TEXT,
  recorded_at TEXT NOT NULL
);
CREATE INDEX unit_version_unit ON unit_version (unit_id, valid_from, id);

-- `unit_id` is the unit a person belongs to as a worker of the union; `post` is the standard's: chair, worker, officer, social.
CREATE TABLE person (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  post TEXT NOT NULL,
  duty TEXT NOT NULL DEFAULT '',
  phone TEXT,
  since_on TEXT,
  left_on TEXT,
  revision BIGINT NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
);
CREATE INDEX person_unit ON person (unit_id, sort_key);
CREATE INDEX person_path ON person (unit_path, sort_key);

CREATE TABLE election (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  held_on TEXT NOT NULL,
  term_years BIGINT NOT NULL,
  chair_id TEXT,
  chair_name TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  recorded_by TEXT,
  recorded_at TEXT NOT NULL,
  removed_at TEXT,
  removed_by TEXT
);
CREATE INDEX election_unit ON election (unit_id, held_on);

-- One uploaded workbook or CSV and what would happen (dry run) or happened with each of its rows (report JSON).
CREATE TABLE import (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  file_name TEXT NOT NULL,
  state TEXT NOT NULL,
  report TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  done_at TEXT
);
CREATE INDEX import_path ON import (unit_path, created_at);
CREATE INDEX division_parent ON division (parent_code, sort_key);

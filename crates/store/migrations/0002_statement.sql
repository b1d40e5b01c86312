-- Facts of a unit (or of a person) and a year, as said: added, never overwritten. `facts` is a JSON object of fact key to value
-- (null withdraws an answer). What holds is the fold of the statements of a year in order of id.
-- `source`: union, carried (last year's answer confirmed), import, reviewer, register.
CREATE TABLE statement (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  person_id TEXT NOT NULL DEFAULT '',
  year BIGINT NOT NULL,
  source TEXT NOT NULL,
  facts TEXT NOT NULL,
  said_by TEXT,
  said_by_name TEXT NOT NULL DEFAULT '',
  said_at TEXT NOT NULL,
  request_key TEXT UNIQUE
);
CREATE INDEX statement_unit ON statement (unit_id, person_id, year, id);
CREATE INDEX statement_year ON statement (year, unit_path);

CREATE TABLE activity (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  held_on TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  participants BIGINT,
  note TEXT NOT NULL DEFAULT '',
  recorded_by TEXT,
  recorded_at TEXT NOT NULL,
  removed_at TEXT,
  removed_by TEXT,
  request_key TEXT UNIQUE
);
CREATE INDEX activity_unit ON activity (unit_id, held_on, kind);

-- A document or photo, kept once under its content hash and used by any number of facts and activities.
CREATE TABLE evidence (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  uploaded_by TEXT,
  uploaded_by_name TEXT NOT NULL DEFAULT '',
  uploaded_at TEXT NOT NULL,
  removed_at TEXT
);
CREATE UNIQUE INDEX evidence_once ON evidence (unit_id, hash) WHERE removed_at IS NULL;

-- `target`: fact:<key> or activity:<id>.
CREATE TABLE evidence_use (
  evidence_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  target TEXT NOT NULL,
  added_by TEXT,
  added_at TEXT NOT NULL,
  PRIMARY KEY (unit_id, year, target, evidence_id)
);

-- A judgement that was shown or decided something: subject and verdict as JSON, with the version of the standard. `basis`: claims, confirmed.
-- `rejected`: the clauses that reviewers found not to hold (JSON list), which judging took back.
CREATE TABLE judgement (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  person_id TEXT NOT NULL DEFAULT '',
  year BIGINT NOT NULL,
  as_of TEXT NOT NULL,
  standard_key TEXT NOT NULL,
  standard_hash TEXT NOT NULL,
  basis TEXT NOT NULL,
  rejected TEXT NOT NULL DEFAULT '[]',
  subject TEXT NOT NULL,
  verdict TEXT NOT NULL,
  made_at TEXT NOT NULL
);
CREATE INDEX judgement_unit ON judgement (unit_id, year, id);

-- Where a unit stands in a year: the newest judgement on claims, as columns that lists filter by. Kept by the acts that change facts.
CREATE TABLE standing (
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  qualified TEXT NOT NULL,
  model TEXT NOT NULL,
  trusted TEXT NOT NULL,
  answered BIGINT NOT NULL DEFAULT 0,
  asked BIGINT NOT NULL DEFAULT 0,
  judged_at TEXT NOT NULL,
  PRIMARY KEY (unit_id, year)
);
CREATE INDEX standing_path ON standing (year, unit_path, qualified, model, trusted);

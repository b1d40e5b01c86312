-- Who did what, when, written in the act's own transaction. `position` and `line_hash` are given by the seal. `unit_path` is for
-- finding only (a move of the unit rewrites it), so no hash covers it.
CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  at TEXT NOT NULL,
  account_id TEXT NOT NULL DEFAULT '',
  account_name TEXT NOT NULL DEFAULT '',
  act TEXT NOT NULL,
  noun TEXT NOT NULL,
  noun_id TEXT NOT NULL,
  unit_id TEXT NOT NULL DEFAULT '',
  unit_path TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL,
  position BIGINT,
  line_hash TEXT
);
CREATE UNIQUE INDEX audit_position ON audit (position) WHERE position IS NOT NULL;
CREATE INDEX audit_unsealed ON audit (id) WHERE position IS NULL;
CREATE INDEX audit_path ON audit (unit_path, id);
CREATE INDEX audit_noun ON audit (noun, noun_id, id);

-- Each seal hashes its lines and the seal before it, so that a changed, missing or reordered line shows.
CREATE TABLE audit_seal (
  number BIGINT PRIMARY KEY,
  first_position BIGINT NOT NULL,
  last_position BIGINT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  sealed_at TEXT NOT NULL
);

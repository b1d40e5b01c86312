-- Changes of a year's standard that somebody looked at under "what if" and proposes: kept for colleagues, they decide nothing.
CREATE TABLE proposal (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  year BIGINT NOT NULL,
  standard_key TEXT NOT NULL,
  standard_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  changes TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  made_by_name TEXT NOT NULL,
  made_at TEXT NOT NULL,
  changed_by_name TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  request_key TEXT NOT NULL
);
CREATE INDEX proposal_newest ON proposal (state, made_at, id);
CREATE UNIQUE INDEX proposal_request ON proposal (request_key);

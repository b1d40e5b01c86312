-- Long work that a node does in the background. A job is taken with a lease: a random word that whoever ends it must still hold, and a time up to which
-- it holds without being prolonged; after that another node takes it. `key` keeps what is the same thing single: no two of a key wait or run.
-- `asked_by` is empty for the program's own jobs, and so are `unit_id` and `unit_path`. `done` of `total` is shown; `reached` is where a job that
-- commits in portions goes on. `error` is what people are told of the last attempt, in JSON; empty where it succeeded.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_by_name TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  due_at TEXT NOT NULL,
  node TEXT NOT NULL DEFAULT '',
  lease TEXT NOT NULL DEFAULT '',
  lease_until TEXT NOT NULL DEFAULT '',
  stage TEXT NOT NULL DEFAULT '',
  done BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  reached TEXT NOT NULL DEFAULT '',
  result TEXT NOT NULL DEFAULT 'null',
  error TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  began_at TEXT NOT NULL DEFAULT '',
  ended_at TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX job_once ON job (key) WHERE state IN ('waiting', 'running');
CREATE INDEX job_key ON job (key, id);
CREATE INDEX job_due ON job (state, due_at);
CREATE INDEX job_ended ON job (state, ended_at);

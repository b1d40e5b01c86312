-- A contradiction in the data of a union and a year, by a rule of the standard. `subject` tells it apart from others of the rule: a number's key, a photo's hash.
-- `basis`: the facts that it stands on now; `settled`: those on which it was explained or set aside last, so that these are not raised again. `figures`: as they
-- were seen last, as JSON. `state`: new, asked, explained, corrected, set-aside. `is_open`: 1 of new and asked. It decides nothing.
CREATE TABLE doubt (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  rule TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  subject TEXT NOT NULL DEFAULT '',
  basis TEXT NOT NULL,
  settled TEXT NOT NULL DEFAULT '',
  figures TEXT NOT NULL,
  state TEXT NOT NULL,
  is_open BIGINT NOT NULL DEFAULT 1,
  is_answered BIGINT NOT NULL DEFAULT 0,
  answer_by TEXT NOT NULL DEFAULT '',
  revision BIGINT NOT NULL DEFAULT 1,
  raised_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
);
CREATE UNIQUE INDEX doubt_once ON doubt (year, rule, unit_id, subject);
-- The list, by its filters: the newest first.
CREATE INDEX doubt_listed ON doubt (year, is_open, raised_at DESC, id, unit_path, rule, state);
CREATE INDEX doubt_state ON doubt (year, state, raised_at DESC, id, unit_path, rule);
CREATE INDEX doubt_rule ON doubt (year, rule, raised_at DESC, id, unit_path, state);
CREATE INDEX doubt_unit ON doubt (unit_id, year, state);

-- What happened to one, added and never changed. `act`: raised, raised-again, asked, answered, explained, set-aside, corrected. `figures`: of a raise, as JSON;
-- else empty. `account_id` is empty for the program.
CREATE TABLE doubt_event (
  id TEXT PRIMARY KEY,
  doubt_id TEXT NOT NULL,
  act TEXT NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  figures TEXT NOT NULL DEFAULT '',
  account_id TEXT NOT NULL DEFAULT '',
  account_name TEXT NOT NULL DEFAULT '',
  at TEXT NOT NULL
);
CREATE INDEX doubt_event_doubt ON doubt_event (doubt_id, id);

-- What is usual among like unions, worked out again with each run: see `domain::insight::xray::usual`.
CREATE TABLE usual (
  year BIGINT NOT NULL,
  rule TEXT NOT NULL,
  unit_kind TEXT NOT NULL,
  size BIGINT NOT NULL,
  unions BIGINT NOT NULL,
  median_twice BIGINT NOT NULL,
  spread_four BIGINT NOT NULL,
  PRIMARY KEY (year, rule, unit_kind, size)
);

-- How a photo looks, by its content: 64 bits, hexadecimal; empty of what can't be decoded.
CREATE TABLE photo_look (
  hash TEXT PRIMARY KEY,
  look TEXT NOT NULL
);

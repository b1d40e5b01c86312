-- A new version of the standard while it is prepared. `state`: draft, checked, proposed, confirmed, withdrawn. `base`: the version that it is compared with.
-- `checked`: what the last check came to, as JSON. The proposal's columns are empty, and its year 0, while nobody proposed it.
CREATE TABLE amendment (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  base TEXT NOT NULL,
  origin TEXT NOT NULL,
  origin_id TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL,
  made_by_name TEXT NOT NULL,
  made_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  revision BIGINT NOT NULL DEFAULT 1,
  checked TEXT NOT NULL,
  from_year BIGINT NOT NULL DEFAULT 0,
  from_on TEXT NOT NULL DEFAULT '',
  proposed_by TEXT NOT NULL DEFAULT '',
  proposed_by_person TEXT NOT NULL DEFAULT '',
  proposed_by_name TEXT NOT NULL DEFAULT '',
  proposed_at TEXT NOT NULL DEFAULT '',
  request_key TEXT NOT NULL DEFAULT ''
);
CREATE INDEX amendment_state ON amendment (state, id);
CREATE INDEX amendment_request ON amendment (made_by, request_key);

-- The files of a version: standard.toml, facts.toml, cases/*.jsonl.
CREATE TABLE amendment_file (
  amendment_id TEXT NOT NULL,
  name TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (amendment_id, name)
);

-- What was done with a version, in order.
CREATE TABLE amendment_event (
  id TEXT PRIMARY KEY,
  amendment_id TEXT NOT NULL,
  deed TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  by_name TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX amendment_event_amendment ON amendment_event (amendment_id, id);

-- How many unions would gain or lose a title by a version, of how many it would be unknown whether they meet it, and which these are. Of the version's
-- `revision`; `judged` is how many were judged.
CREATE TABLE amendment_effect (
  amendment_id TEXT NOT NULL,
  title TEXT NOT NULL,
  place BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  year BIGINT NOT NULL,
  judged BIGINT NOT NULL,
  met_before BIGINT NOT NULL,
  met_after BIGINT NOT NULL,
  gain BIGINT NOT NULL,
  lose BIGINT NOT NULL,
  unclear BIGINT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (amendment_id, title)
);
CREATE TABLE amendment_effect_unit (
  amendment_id TEXT NOT NULL,
  title TEXT NOT NULL,
  change TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  PRIMARY KEY (amendment_id, title, change, unit_id)
);

-- A version that was confirmed: it holds for the rounds of its years from its day on. `state`: waiting, in-force, withdrawn, overtaken. `ended_at`: since when it
-- holds, or won't. Its texts stand in `standard` by `version`.
CREATE TABLE edition (
  amendment_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  key TEXT NOT NULL,
  from_year BIGINT NOT NULL,
  last_year BIGINT NOT NULL,
  from_on TEXT NOT NULL,
  state TEXT NOT NULL,
  proposed_by_name TEXT NOT NULL,
  confirmed_by TEXT NOT NULL,
  confirmed_by_name TEXT NOT NULL,
  confirmed_at TEXT NOT NULL,
  ended_at TEXT,
  reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX edition_state ON edition (state, confirmed_at);
CREATE INDEX edition_version ON edition (version);

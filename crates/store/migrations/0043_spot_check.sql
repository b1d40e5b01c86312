-- A city's spot check of the homes of a year (P1). `state`: published (the frame and the sizes are out, the seed is awaited), drawn. The seed is a public number
-- of the draw `lottery_name`, `lottery_issue`, which is held on `lottery_on`. `frame_hash`: SHA-256 of the frame's file. `announced`: 0, 1.
CREATE TABLE spot_check (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  standard_key TEXT NOT NULL,
  standard_version TEXT NOT NULL,
  frame_hash TEXT NOT NULL,
  units BIGINT NOT NULL,
  sample BIGINT NOT NULL,
  inspectors_each BIGINT NOT NULL,
  announced BIGINT NOT NULL,
  days BIGINT NOT NULL,
  lottery_name TEXT NOT NULL,
  lottery_issue TEXT NOT NULL,
  lottery_on TEXT NOT NULL,
  seed TEXT NOT NULL DEFAULT '',
  due_on TEXT NOT NULL DEFAULT '',
  published_by TEXT NOT NULL DEFAULT '',
  published_by_name TEXT NOT NULL,
  published_at TEXT NOT NULL,
  drawn_by TEXT NOT NULL DEFAULT '',
  drawn_by_name TEXT NOT NULL DEFAULT '',
  drawn_at TEXT NOT NULL DEFAULT ''
);
-- A draw's number counts for one round alone.
CREATE UNIQUE INDEX spot_check_lottery ON spot_check (lottery_name, lottery_issue);

-- The sizes: so many of the units of a stratum are drawn. A stratum is a federation right under the city (or the city, for units without one) and a class of risk.
CREATE TABLE spot_check_stratum (
  spot_check_id TEXT NOT NULL,
  stratum TEXT NOT NULL,
  place BIGINT NOT NULL,
  district_id TEXT NOT NULL,
  district_name TEXT NOT NULL,
  class TEXT NOT NULL,
  units BIGINT NOT NULL,
  sample BIGINT NOT NULL,
  PRIMARY KEY (spot_check_id, stratum)
);

-- The frame: who can be drawn. `id` is the name of a unit in the frame's file, a hash over `nonce` and the unit, so that nobody can say afterwards that it
-- stood for another. `reasons`: why the unit is in its class, as JSON.
CREATE TABLE spot_check_unit (
  id TEXT PRIMARY KEY,
  spot_check_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_number BIGINT NOT NULL,
  unit_name TEXT NOT NULL,
  honour_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  stratum TEXT NOT NULL,
  class TEXT NOT NULL,
  score BIGINT NOT NULL,
  reasons TEXT NOT NULL DEFAULT '[]'
);
CREATE UNIQUE INDEX spot_check_unit_once ON spot_check_unit (spot_check_id, unit_id);
-- The list of the frame, whole, by class and by stratum: the riskiest first.
CREATE INDEX spot_check_unit_risk ON spot_check_unit (spot_check_id, score DESC, id);
CREATE INDEX spot_check_unit_stratum ON spot_check_unit (spot_check_id, stratum, score DESC, id);

-- Files as they were published, byte for byte: `frame`.
CREATE TABLE spot_check_file (
  spot_check_id TEXT NOT NULL,
  name TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (spot_check_id, name)
);

-- Who inspects: confirmed with the frame. `unit_id`: the federation that they come from. `districts`: the numbers of all federations right under the city that
-- they belong to, as JSON, where they inspect nothing.
CREATE TABLE spot_check_inspector (
  spot_check_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  name TEXT NOT NULL,
  districts TEXT NOT NULL,
  PRIMARY KEY (spot_check_id, account_id)
);

-- A home that was drawn. `state`: drawn, and what becomes of it; `colour`: empty until it was inspected, then green, amber or red.
CREATE TABLE visit (
  id TEXT PRIMARY KEY,
  spot_check_id TEXT NOT NULL,
  entry_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  honour_id TEXT NOT NULL,
  title TEXT NOT NULL,
  stratum TEXT NOT NULL,
  place BIGINT NOT NULL,
  ticket TEXT NOT NULL,
  announced BIGINT NOT NULL,
  due_on TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'drawn',
  colour TEXT NOT NULL DEFAULT '',
  drawn_at TEXT NOT NULL
);
CREATE UNIQUE INDEX visit_once ON visit (spot_check_id, unit_id);
CREATE INDEX visit_stratum ON visit (spot_check_id, stratum, place);
CREATE INDEX visit_unit ON visit (unit_id, year);
CREATE INDEX visit_year ON visit (year, state, unit_path);

-- Who visits a home. `state`: drawn; conflict when they said that they have one, with the reason; then another was drawn. `place`: from 1; a successor takes it over.
CREATE TABLE visit_inspector (
  visit_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  name TEXT NOT NULL,
  place BIGINT NOT NULL,
  ticket TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'drawn',
  reason TEXT NOT NULL DEFAULT '',
  drawn_at TEXT NOT NULL,
  declared_at TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (visit_id, account_id)
);
CREATE INDEX visit_inspector_account ON visit_inspector (account_id, state, visit_id);

-- Photos that several units use.
CREATE INDEX evidence_content ON evidence (hash, unit_id) WHERE removed_at IS NULL;

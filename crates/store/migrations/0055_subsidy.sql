-- What subsidies start from (R3-R5) where the city records it. The last number of a unit and year holds; earlier ones stay.
CREATE TABLE subsidy_base (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  year BIGINT NOT NULL,
  number BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  source TEXT NOT NULL,
  note TEXT NOT NULL,
  recorded_by TEXT NOT NULL DEFAULT '',
  recorded_by_name TEXT NOT NULL,
  recorded_at TEXT NOT NULL
);
CREATE UNIQUE INDEX subsidy_base_number ON subsidy_base (unit_id, year, number);
CREATE INDEX subsidy_base_path ON subsidy_base (unit_path, year, number);

-- That the city reckoned the subsidies of a year. `digest`: what was seen before it.
CREATE TABLE subsidy_reckoning (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  number BIGINT NOT NULL,
  standard_version TEXT NOT NULL,
  reason TEXT NOT NULL,
  units BIGINT NOT NULL,
  digest TEXT NOT NULL,
  reckoned_by TEXT NOT NULL,
  reckoned_by_name TEXT NOT NULL,
  reckoned_at TEXT NOT NULL
);
CREATE UNIQUE INDEX subsidy_reckoning_number ON subsidy_reckoning (year, number);

-- A unit's subsidy of a year, by the facts and the standard that it can be reckoned by again. `replaced_by` is empty for the one that holds; an amount that
-- nobody knows is null.
CREATE TABLE subsidy (
  id TEXT PRIMARY KEY,
  reckoning_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  scheme TEXT NOT NULL,
  effect TEXT NOT NULL,
  base_fen BIGINT,
  amount_fen BIGINT,
  facts TEXT NOT NULL,
  reckoned TEXT NOT NULL,
  sum_zh TEXT NOT NULL,
  sum_en TEXT NOT NULL,
  standard_version TEXT NOT NULL,
  replaced_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX subsidy_holds ON subsidy (unit_id, year) WHERE replaced_by = '';
CREATE INDEX subsidy_list ON subsidy (year, replaced_by, unit_path);
CREATE INDEX subsidy_effect ON subsidy (year, replaced_by, effect, unit_path);
CREATE INDEX subsidy_scheme ON subsidy (year, replaced_by, scheme, unit_path);

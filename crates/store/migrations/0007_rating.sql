-- The year's totals of the members' democratic rating, recorded from the paper count by the union above.
CREATE TABLE rating (
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  roll BIGINT NOT NULL,
  satisfied BIGINT NOT NULL,
  basically_satisfied BIGINT NOT NULL,
  dissatisfied BIGINT NOT NULL,
  void BIGINT NOT NULL,
  recorded_by TEXT NOT NULL DEFAULT '',
  recorded_by_name TEXT NOT NULL DEFAULT '',
  recorded_at TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (unit_id, year)
);
CREATE INDEX rating_path ON rating (year, unit_path);

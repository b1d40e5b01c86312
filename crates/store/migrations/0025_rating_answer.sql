-- The totals of a year's rating by answer, as the standard names the answers: one JSON object, its keys in order. The table is made anew: on PostgreSQL
-- a trigger of the trail's stands on the columns that go, and goes with the table.
CREATE TABLE rating_before (
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  roll BIGINT NOT NULL,
  answers TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_by_name TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (unit_id, year)
);
INSERT INTO rating_before (unit_id, year, unit_path, roll, answers, recorded_by, recorded_by_name, recorded_at, note)
SELECT unit_id, year, unit_path, roll,
       '{"basically_satisfied":' || CAST(basically_satisfied AS TEXT) ||
       ',"dissatisfied":' || CAST(dissatisfied AS TEXT) ||
       ',"satisfied":' || CAST(satisfied AS TEXT) ||
       ',"void":' || CAST(void AS TEXT) || '}',
       recorded_by, recorded_by_name, recorded_at, note
FROM rating;
DROP TABLE rating;

CREATE TABLE rating (
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  roll BIGINT NOT NULL,
  answers TEXT NOT NULL,
  recorded_by TEXT NOT NULL DEFAULT '',
  recorded_by_name TEXT NOT NULL DEFAULT '',
  recorded_at TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (unit_id, year)
);
INSERT INTO rating (unit_id, year, unit_path, roll, answers, recorded_by, recorded_by_name, recorded_at, note)
SELECT unit_id, year, unit_path, roll, answers, recorded_by, recorded_by_name, recorded_at, note
FROM rating_before;
DROP TABLE rating_before;
CREATE INDEX rating_path ON rating (year, unit_path);

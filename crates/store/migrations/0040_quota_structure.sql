-- How many of the places that came back from a federation the city has moved on to others, and each such move.
ALTER TABLE quota ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;
CREATE TABLE quota_move (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  title TEXT NOT NULL,
  from_unit_id TEXT NOT NULL,
  to_unit_id TEXT NOT NULL,
  places BIGINT NOT NULL,
  reason TEXT NOT NULL,
  moved_by TEXT NOT NULL,
  moved_by_name TEXT NOT NULL,
  moved_at TEXT NOT NULL
);
CREATE INDEX quota_move_year ON quota_move (year, moved_at);

-- Of which titles' places the federations may give shares on to the townships below them, as the city set it for the year.
CREATE TABLE quota_opening (
  year BIGINT NOT NULL,
  title TEXT NOT NULL,
  is_open BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (year, title)
);

-- What a federation gave of its places to a unit below it.
CREATE TABLE quota_share (
  year BIGINT NOT NULL,
  title TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  federation_id TEXT NOT NULL,
  places BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (year, title, unit_id)
);

-- What was answered about a candidate, of what the rules on a list's structure count.
CREATE TABLE application_property (
  application_id TEXT NOT NULL,
  property TEXT NOT NULL,
  choice TEXT NOT NULL,
  said_by TEXT NOT NULL,
  said_by_name TEXT NOT NULL,
  said_at TEXT NOT NULL,
  PRIMARY KEY (application_id, property)
);

-- The members' rating as a ballot: polls, slips, sealed ballots, counts.
--
-- Nothing joins `slip` and `ballot`. Tables marked `unordered` are made on SQLite without its hidden row numbers, which would keep the order of
-- arrival; see docs/ballot.md for what the files can and can't tell.

CREATE TABLE poll (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL DEFAULT '',
  year BIGINT NOT NULL,
  state TEXT NOT NULL,
  plan TEXT NOT NULL,
  slips_by_upper BIGINT NOT NULL DEFAULT 0,
  standard TEXT NOT NULL DEFAULT '',
  lock TEXT,
  signatures TEXT NOT NULL DEFAULT '[]',
  record TEXT,
  prepared_at TEXT NOT NULL,
  opened_at TEXT,
  closed_at TEXT,
  counted_at TEXT,
  signed_at TEXT,
  ended_because TEXT NOT NULL DEFAULT '',
  changed_at TEXT NOT NULL
);
CREATE INDEX poll_unit ON poll (unit_id, year);
CREATE INDEX poll_path ON poll (year, unit_path);

-- The names of a roll, for handing out slips; removed when the poll closes.
CREATE TABLE roll_entry (
  poll_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (poll_id, position)
);

CREATE TABLE slip_batch (
  id TEXT PRIMARY KEY,
  poll_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  slips BIGINT NOT NULL,
  replacing BIGINT NOT NULL,
  made_by_name TEXT NOT NULL,
  made_at TEXT NOT NULL
);
CREATE UNIQUE INDEX slip_batch_number ON slip_batch (poll_id, number);

-- A slip: the keyed hash of its code, and one letter for what became of it (U, P, K, S).
CREATE TABLE slip (
  hash TEXT PRIMARY KEY,
  poll_id TEXT NOT NULL,
  batch_number BIGINT NOT NULL,
  state TEXT NOT NULL
) /* unordered */;
CREATE INDEX slip_poll ON slip (poll_id);

-- What voting itself needs of a poll, in one small row: until when slips are taken (an instant; empty when they are not), which
-- version of the lock seals, and how many slips were used and spoiled so far.
CREATE TABLE poll_gate (
  poll_id TEXT PRIMARY KEY,
  until TEXT NOT NULL,
  lock_version BIGINT NOT NULL,
  phone BIGINT NOT NULL,
  kiosk BIGINT NOT NULL,
  spoiled BIGINT NOT NULL
) /* unordered */;

-- A sealed ballot, under a random id. Removed when the box is opened.
CREATE TABLE ballot (
  poll_id TEXT NOT NULL,
  id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (poll_id, id)
) /* unordered */;

-- Coarse counts of when and from how many networks slips were used; removed when the box is opened.
CREATE TABLE pace (
  poll_id TEXT NOT NULL,
  span BIGINT NOT NULL,
  network BIGINT NOT NULL,
  slips BIGINT NOT NULL,
  PRIMARY KEY (poll_id, span, network)
) /* unordered */;

-- What group members entered of the paper ballots; corrections are added.
CREATE TABLE paper_entry (
  poll_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  member BIGINT NOT NULL,
  count TEXT NOT NULL,
  entered_at TEXT NOT NULL,
  PRIMARY KEY (poll_id, number)
);

-- The opened ballots taken apart: for each object its answers, sorted, one mark a ballot.
CREATE TABLE opened_ballots (
  poll_id TEXT NOT NULL,
  object TEXT NOT NULL,
  answers TEXT NOT NULL,
  PRIMARY KEY (poll_id, object)
);

-- Suggestions, apart from everything else, in the order of a random number drawn when the box was opened.
CREATE TABLE suggestion (
  poll_id TEXT NOT NULL,
  id TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (poll_id, id)
) /* unordered */;

CREATE TABLE improvement (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  year BIGINT NOT NULL,
  text TEXT NOT NULL,
  said_by_name TEXT NOT NULL,
  said_at TEXT NOT NULL,
  report TEXT,
  reported_by_name TEXT,
  reported_at TEXT
);
CREATE INDEX improvement_unit ON improvement (unit_id, year);

-- What was noted on a visit. Entries are added, never changed. `id` is made by whoever sends it, so that one sent again is known. `kind`: clause, signature,
-- comment. `seen`: holds, fails, unseen. `found`: values by fact, as JSON. `agrees`: '', yes, no. `noted_at` is of
-- the device's clock.
CREATE TABLE visit_entry (
  id TEXT PRIMARY KEY,
  visit_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  clause TEXT NOT NULL DEFAULT '',
  seen TEXT NOT NULL DEFAULT '',
  found TEXT NOT NULL DEFAULT '{}',
  name TEXT NOT NULL DEFAULT '',
  agrees TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  noted_at TEXT NOT NULL,
  received_at TEXT NOT NULL
);
CREATE INDEX visit_entry_visit ON visit_entry (visit_id, clause, noted_at);

-- The photos of an entry, in the files by their hash.
CREATE TABLE visit_photo (
  entry_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  visit_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (entry_id, place)
);
CREATE INDEX visit_photo_visit ON visit_photo (visit_id, hash);

-- Which entry stands where inspectors said different of a clause. `among`: the entries that it was chosen among, as JSON.
CREATE TABLE visit_settlement (
  id TEXT PRIMARY KEY,
  visit_id TEXT NOT NULL,
  clause TEXT NOT NULL,
  entry_id TEXT NOT NULL,
  among TEXT NOT NULL,
  reason TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX visit_settlement_visit ON visit_settlement (visit_id, clause, id);

-- What a visit came to when it was concluded. `signs`: what declared and found showed, clause by clause, as JSON. `hear_until`, `mend_until`: days, or empty.
CREATE TABLE visit_outcome (
  visit_id TEXT PRIMARY KEY,
  colour TEXT NOT NULL,
  signs TEXT NOT NULL,
  judgement_id TEXT NOT NULL,
  hear_until TEXT NOT NULL DEFAULT '',
  mend_until TEXT NOT NULL DEFAULT '',
  concluded_by TEXT NOT NULL,
  concluded_by_name TEXT NOT NULL,
  concluded_at TEXT NOT NULL
);

-- What happened to a visit since. Added, never changed.
CREATE TABLE visit_event (
  id TEXT PRIMARY KEY,
  visit_id TEXT NOT NULL,
  act TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  document_number TEXT NOT NULL DEFAULT '',
  due_on TEXT NOT NULL DEFAULT '',
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX visit_event_visit ON visit_event (visit_id, id);

-- A visit that looks whether what another found was mended. It is of no draw: its `spot_check_id` is its own id.
CREATE TABLE visit_recheck (
  visit_id TEXT PRIMARY KEY,
  of_visit_id TEXT NOT NULL
);
CREATE INDEX visit_recheck_of ON visit_recheck (of_visit_id, visit_id);

-- That a unit was found short of the qualified standard (R4): the yearly subsidy goes down. `visit_id` is the basis. Lifted where the decision is taken back.
CREATE TABLE check_effect (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  clause TEXT NOT NULL,
  visit_id TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by_name TEXT NOT NULL,
  lifted_at TEXT,
  lifted_by_name TEXT,
  lift_reason TEXT
);
CREATE UNIQUE INDEX check_effect_once ON check_effect (unit_id, year, clause) WHERE lifted_at IS NULL;
CREATE INDEX check_effect_path ON check_effect (year, unit_path);

-- The plaque of a title that was taken. `returned_on`: empty until then.
CREATE TABLE plaque (
  honour_id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  asked_on TEXT NOT NULL,
  asked_by_name TEXT NOT NULL,
  due_on TEXT NOT NULL,
  returned_on TEXT NOT NULL DEFAULT '',
  returned_by_name TEXT NOT NULL DEFAULT ''
);
CREATE INDEX plaque_path ON plaque (returned_on, unit_path);

-- That a federation looked at a title again and found the holder to meet the conditions still.
CREATE TABLE honour_renewal (
  honour_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (honour_id, year)
);

-- Who was found to be what, for the risk classes of the years after.
CREATE INDEX visit_colour ON visit (colour, year, unit_id) WHERE colour <> '';

-- Who of an office has a file in hand. `passed_since`: the application's `since_at` when its reviewer was through with it; once the file has
-- moved on and comes back, it is looked at again.
CREATE TABLE assignment (
  application_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  assigned_by TEXT NOT NULL,
  assigned_by_name TEXT NOT NULL,
  assigned_at TEXT NOT NULL,
  passed_since TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (application_id, unit_id)
);

-- What an office notes on a file for itself and the offices above it; the applicant never reads it. Added, never changed.
CREATE TABLE office_note (
  id TEXT PRIMARY KEY,
  application_id TEXT NOT NULL,
  note TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX office_note_application ON office_note (application_id, id);

-- The number by which an application that was handed in is named on the telephone.
CREATE TABLE receipt (
  application_id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  number BIGINT NOT NULL
);
CREATE UNIQUE INDEX receipt_number ON receipt (year, number);

-- What an official paper says besides its text, as the office said it last: its number, to whom it goes, who gets a copy (a line each), the day of issue. Empty
-- is not said, and left to be written by hand. `kind` and `subject` name the paper: a decision and the batch of its titles, a notice and its year.
CREATE TABLE imprint (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  office_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  number TEXT NOT NULL,
  addressees TEXT NOT NULL,
  copies TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  said_by TEXT NOT NULL,
  said_by_name TEXT NOT NULL,
  said_at TEXT NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX imprint_number ON imprint (office_id, number);

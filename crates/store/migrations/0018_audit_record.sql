-- The rows that an act wrote, by the line of the trail that tells it: a line each, with the digest of what the row held afterwards ("-" where it
-- was removed), the table and the row's key. `number` puts records in the order in which their transactions held the rows. `digest` is the hash of
-- `written`; the line's own hash covers it.
CREATE TABLE audit_record (
  audit_id TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  digest TEXT NOT NULL,
  written TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_record_number ON audit_record (number);

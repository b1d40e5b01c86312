-- A poll counts its changes, so that each meets the state that it was decided on.
ALTER TABLE poll ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;

-- Which instance this is: one row, whose id also lies in the folder of files, so that two nodes over one database share one folder.
CREATE TABLE instance (
  id TEXT PRIMARY KEY,
  begun_at TEXT NOT NULL DEFAULT ''
);

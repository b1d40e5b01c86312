-- Who put away the first-time tour: it does not come back by itself.
CREATE TABLE tour_put_away (
  account_id TEXT PRIMARY KEY,
  at TEXT NOT NULL
);

-- The federation that handed a code's sheet out, which the sheet names. Empty for codes from before.
ALTER TABLE invitation ADD COLUMN from_unit_id TEXT NOT NULL DEFAULT '';

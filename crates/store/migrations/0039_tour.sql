-- Who put away the first-time tour: it does not come back by itself.
CREATE TABLE tour_put_away (
  account_id TEXT PRIMARY KEY,
  at TEXT NOT NULL
);

-- The texts of every standard that was ever used here, by content hash, so that a kept judgement can be recomputed for ever.
CREATE TABLE standard (
  version TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  standard_toml TEXT NOT NULL,
  facts_toml TEXT NOT NULL,
  first_used_at TEXT NOT NULL
);

-- By its key a name is found in pinyin, as those of units and people are.
ALTER TABLE account ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';

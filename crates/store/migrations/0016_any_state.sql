-- The list of units by name in whatever state: a page of it without sorting them all.
CREATE INDEX unit_any_state ON unit (sort_key, path, state, kind, division, id, name);

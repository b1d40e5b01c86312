-- The honour roll by its three orders: a page is found, filtered, searched and counted without touching a row.
DROP INDEX honour_newest;
DROP INDEX honour_oldest;
DROP INDEX honour_sorted;
CREATE INDEX honour_newest ON honour (state, year DESC, holder_sort_key, id, title, level, division, unit_path, unit_kind, holder_name, number, person_name);
CREATE INDEX honour_oldest ON honour (state, year, holder_sort_key, id, title, level, division, unit_path, unit_kind, holder_name, number, person_name);
CREATE INDEX honour_sorted ON honour (state, holder_sort_key, id, title, level, year, division, unit_path, unit_kind, holder_name, number, person_name);
-- The roll of a place.
CREATE INDEX honour_placed ON honour (state, division, title, level, year, unit_path, unit_kind);
-- The roll of a title, and the targets by federation: one run of the index for each federation, title and year.
DROP INDEX honour_roll;
CREATE INDEX honour_roll ON honour (title, state, year, unit_path, unit_kind, holder_sort_key, id);

-- The list of units: counted on few pages, in each of its orders without sorting all of them, and searched by name.
CREATE INDEX unit_kind ON unit (state, kind, path, id, name);
CREATE INDEX unit_numbered ON unit (state, number);
CREATE INDEX unit_by_workers ON unit (state, (COALESCE(workers, -1)) DESC, number);
CREATE INDEX unit_by_members ON unit (state, (COALESCE(members, -1)) DESC, number);
CREATE INDEX unit_by_change ON unit (state, changed_at DESC, number);
CREATE INDEX unit_named ON unit (state, name, path, kind, division, id);
-- Its page is found in it by name, too.
DROP INDEX unit_sorted;
CREATE INDEX unit_sorted ON unit (state, sort_key, path, kind, division, id, name);
-- The roll of one title, newest first, and of one year of it: a page of a small title does not go through those of all others.
CREATE INDEX honour_titled ON honour (title, state, year DESC, holder_sort_key, id, level, division, unit_path, unit_kind, holder_name, number, person_name);
-- The roll searched.
CREATE INDEX honour_named ON honour (state, holder_name, number, person_name, id, title, level, year, division, unit_path, unit_kind);
-- The roll counted by year, level and kind, on few pages.
CREATE INDEX honour_figures ON honour (state, year, level, unit_kind);
-- Begins as honour_below does.
DROP INDEX honour_counted;
-- Districts and townships to choose from, without going through the villages.
CREATE INDEX division_level ON division (level, parent_code, sort_key, code, name);
-- What waits for each federation's recommendation.
CREATE INDEX application_waiting ON application (year, state, step_act, title, at_unit_id);
-- The reviewers' list: its figures, and a page of it by waiting time.
CREATE INDEX application_counted ON application (year, title, state, step_act, unit_path);
CREATE INDEX application_since ON application (year, since_at, id, state, title, unit_path);

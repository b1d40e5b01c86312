-- The lists of visits, newest first, and of titles to look at again read only what they show.
CREATE INDEX visit_newest ON visit (year, due_on, id);
CREATE INDEX honour_by_year ON honour (state, year, unit_path, id);

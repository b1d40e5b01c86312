-- What each unit lacks for the title that it strives for in a year: set where `standing` is set. The marks are bits, the clauses of the title and of those
-- below it in the standard's order. Kind, employer, trade (the letter of the industry) and size are the unit's as it was judged. `title` is empty where it
-- holds the highest, and where it has ended. `clause` and its sentence in both languages are kept where one clause alone is lacking.
CREATE TABLE shortfall (
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_kind TEXT NOT NULL,
  employer TEXT NOT NULL,
  trade TEXT NOT NULL,
  size TEXT NOT NULL,
  title TEXT NOT NULL,
  asked BIGINT NOT NULL,
  unmet BIGINT NOT NULL,
  unknown BIGINT NOT NULL,
  lacking BIGINT NOT NULL,
  clause TEXT NOT NULL,
  lacks_zh TEXT NOT NULL,
  lacks_en TEXT NOT NULL,
  standard TEXT NOT NULL,
  PRIMARY KEY (unit_id, year)
);
-- Lists in the order of the tree: a page is found, filtered and counted without touching a row.
CREATE INDEX shortfall_list ON shortfall (year, title, unit_path, unmet, unknown, unit_kind, employer, trade, size, unit_id);
CREATE INDEX shortfall_step ON shortfall (year, title, unit_path, clause, unknown, unit_kind, employer, trade, size, unit_id, lacking) WHERE lacking = 1;

-- The same counted for the city and for each federation right under it, by facet: all, kind, employer, trade, size. Clause -1 counts the units that strive for
-- the title, and of these the ones that lack one clause alone.
CREATE TABLE shortfall_figure (
  place TEXT NOT NULL,
  year BIGINT NOT NULL,
  title TEXT NOT NULL,
  facet TEXT NOT NULL,
  value TEXT NOT NULL,
  clause BIGINT NOT NULL,
  asked BIGINT NOT NULL,
  unmet BIGINT NOT NULL,
  unknown BIGINT NOT NULL,
  PRIMARY KEY (place, year, title, facet, value, clause)
);

-- What changed in a year: titles that began, titles that were taken, units that came and went.
CREATE INDEX honour_begun ON honour (begun_on, unit_path, title, holder_sort_key, id);
CREATE INDEX honour_event_act ON honour_event (act, at, honour_id);
CREATE INDEX unit_founded ON unit (founded_on, path);
CREATE INDEX unit_ended ON unit (ended_on, path) WHERE ended_on IS NOT NULL;

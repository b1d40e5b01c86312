-- What a unit has done in a year's round: said something on its year sheet, applied for a title (drafts and withdrawn applications do not count), got
-- the result of its members' rating. It follows from statements, applications and ratings, and kind and state from the unit: the lists of units at risk
-- are counted by its index alone. A unit that has done nothing has no row.
CREATE TABLE participation (
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_kind TEXT NOT NULL,
  unit_state TEXT NOT NULL,
  said BIGINT NOT NULL DEFAULT 0,
  applied BIGINT NOT NULL DEFAULT 0,
  rated BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (unit_id, year)
);
INSERT INTO participation (unit_id, year, unit_path, unit_kind, unit_state, said, applied, rated)
SELECT unit.id, done.year, unit.path, unit.kind, unit.state, MAX(done.said), MAX(done.applied), MAX(done.rated)
FROM (
  SELECT unit_id, year, 1 AS said, 0 AS applied, 0 AS rated FROM statement WHERE person_id = ''
  UNION
  SELECT unit_id, year, 0 AS said, 1 AS applied, 0 AS rated FROM application WHERE state NOT IN ('draft', 'withdrawn')
  UNION
  SELECT unit_id, year, 0 AS said, 0 AS applied, 1 AS rated FROM rating) AS done
JOIN unit ON unit.id = done.unit_id
GROUP BY unit.id, done.year, unit.path, unit.kind, unit.state;
CREATE INDEX participation_path ON participation (year, unit_path, unit_state, unit_kind, said, applied, rated);

-- The offices where files wait, without going through the files themselves.
CREATE INDEX application_late ON application (year, state, unit_path, at_unit_id, since_at);

-- By what a letter is known again that was sent twice: a keyed hash of the form's key and of what it says.
ALTER TABLE letter ADD COLUMN request_hash TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX letter_once ON letter (request_hash) WHERE request_hash <> '';

-- The federation by whose role somebody was invited; empty for those before, whose unit's upper one counts. And of which invitations their owners were
-- reminded: of each once.
ALTER TABLE invitation ADD COLUMN made_from TEXT NOT NULL DEFAULT '';
CREATE TABLE invitation_reminder (
  invitation_id TEXT PRIMARY KEY,
  at TEXT NOT NULL
);

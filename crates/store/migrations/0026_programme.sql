-- Tiers are named by the standard of the year: what a unit stands at is one column, a JSON object of tier to status (`{"model":"met","qualified":"met"}`,
-- keys in order), instead of a column for each tier of one programme. A list of a subtree stays one range of the covering index.
CREATE TABLE standing_by_tier (
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  verdicts TEXT NOT NULL,
  answered BIGINT NOT NULL DEFAULT 0,
  asked BIGINT NOT NULL DEFAULT 0,
  judged_at TEXT NOT NULL,
  PRIMARY KEY (unit_id, year)
);
INSERT INTO standing_by_tier (unit_id, year, unit_path, verdicts, answered, asked, judged_at)
SELECT unit_id, year, unit_path,
  '{"model":"' || model || '","qualified":"' || qualified || '","trusted":"' || trusted || '"}',
  answered, asked, judged_at
FROM standing;
-- Back under its name: a backup reads tables from where they are made.
DROP TABLE standing;
CREATE TABLE standing (
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  unit_path TEXT NOT NULL,
  verdicts TEXT NOT NULL,
  answered BIGINT NOT NULL DEFAULT 0,
  asked BIGINT NOT NULL DEFAULT 0,
  judged_at TEXT NOT NULL,
  PRIMARY KEY (unit_id, year)
);
INSERT INTO standing (unit_id, year, unit_path, verdicts, answered, asked, judged_at)
SELECT unit_id, year, unit_path, verdicts, answered, asked, judged_at
FROM standing_by_tier;
DROP TABLE standing_by_tier;
CREATE INDEX standing_path ON standing (year, unit_path, verdicts);

-- A round is a programme's year: `standard_key` names the programme. What else is kept by year and title belongs to the round of the programme that has
-- the title in that year.
CREATE TABLE programme_round (
  standard_key TEXT NOT NULL,
  year BIGINT NOT NULL,
  declaration_from TEXT NOT NULL,
  declaration_to TEXT NOT NULL,
  examination_from TEXT NOT NULL,
  examination_to TEXT NOT NULL,
  commendation_from TEXT NOT NULL,
  commendation_to TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  revision BIGINT NOT NULL DEFAULT 1,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (standard_key, year)
);
INSERT INTO programme_round (standard_key, year, declaration_from, declaration_to, examination_from, examination_to,
  commendation_from, commendation_to, note, revision, changed_at)
SELECT standard_key, year, declaration_from, declaration_to, examination_from, examination_to,
  commendation_from, commendation_to, note, revision, changed_at
FROM round;
DROP TABLE round;
CREATE TABLE round (
  standard_key TEXT NOT NULL,
  year BIGINT NOT NULL,
  declaration_from TEXT NOT NULL,
  declaration_to TEXT NOT NULL,
  examination_from TEXT NOT NULL,
  examination_to TEXT NOT NULL,
  commendation_from TEXT NOT NULL,
  commendation_to TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  revision BIGINT NOT NULL DEFAULT 1,
  changed_at TEXT NOT NULL,
  PRIMARY KEY (standard_key, year)
);
INSERT INTO round (standard_key, year, declaration_from, declaration_to, examination_from, examination_to,
  commendation_from, commendation_to, note, revision, changed_at)
SELECT standard_key, year, declaration_from, declaration_to, examination_from, examination_to,
  commendation_from, commendation_to, note, revision, changed_at
FROM programme_round;
DROP TABLE programme_round;

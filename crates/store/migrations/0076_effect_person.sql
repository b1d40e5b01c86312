-- Who of the people would gain or lose a title by a version, or of whom it would be unknown, beside `amendment_effect_unit`.
CREATE TABLE amendment_effect_person (
  amendment_id TEXT NOT NULL,
  title TEXT NOT NULL,
  change TEXT NOT NULL,
  person_id TEXT NOT NULL,
  PRIMARY KEY (amendment_id, title, change, person_id)
);

-- What is said of people is a small part of all that is said: what-if finds them in a year without looking at every answer of every unit.
CREATE INDEX statement_person ON statement (year, unit_id, person_id) WHERE person_id <> '';

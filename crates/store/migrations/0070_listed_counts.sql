-- What a department said of a unit at last stands beside the question, empty for silence: a round's answers are counted by the index alone.
ALTER TABLE department_asked ADD COLUMN answer TEXT NOT NULL DEFAULT '';
UPDATE department_asked
SET answer = COALESCE((SELECT a.answer FROM department_answer a WHERE a.id = department_asked.answer_id), '');
CREATE INDEX department_asked_answer ON department_asked (year, department, answer, list_id, unit_id);
-- The units that apply are counted without their applications.
DROP INDEX application_counted;
CREATE INDEX application_counted ON application (year, title, state, step_act, unit_path, unit_id);
-- Visits are listed in this order and counted by it.
DROP INDEX visit_newest;
CREATE INDEX visit_newest ON visit (year, due_on, id, unit_path, colour, state);
-- What stands of findings is counted by the index alone.
DROP INDEX finding_application;
CREATE INDEX finding_application ON finding (application_id, clause, id, outcome);
-- Who holds a title, for who goes first.
CREATE INDEX honour_holders ON honour (title, state, unit_path, person_id, unit_id, unit_kind, begun_on);

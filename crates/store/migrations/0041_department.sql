-- Which department an account answers for.
CREATE TABLE department_account (
  account_id TEXT PRIMARY KEY,
  department TEXT NOT NULL,
  since_at TEXT NOT NULL
);
CREATE INDEX department_account_department ON department_account (department);

-- What was sent to a department in a round: number 1 is the list, the others are additions to it.
CREATE TABLE department_list (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  department TEXT NOT NULL,
  number BIGINT NOT NULL,
  due_on TEXT NOT NULL,
  sent_by TEXT NOT NULL DEFAULT '',
  sent_by_name TEXT NOT NULL,
  sent_at TEXT NOT NULL
);
CREATE UNIQUE INDEX department_list_once ON department_list (year, department, number);

-- The units on the lists, as they were called when they were sent; they stay. `answer_id` is the newest answer; empty is silence.
CREATE TABLE department_asked (
  year BIGINT NOT NULL,
  department TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  credit_code TEXT NOT NULL DEFAULT '',
  employer_name TEXT NOT NULL DEFAULT '',
  employer_code TEXT NOT NULL DEFAULT '',
  list_id TEXT NOT NULL,
  answer_id TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (year, department, unit_id)
);
CREATE INDEX department_asked_sorted ON department_asked (year, department, sort_key, unit_id);
CREATE INDEX department_asked_unit ON department_asked (unit_id, year);

-- Every answer, added and never changed. `answer`: clear, in-state, unknown. `entered_by_name`: who typed in a sheet of the department.
CREATE TABLE department_answer (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  department TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  answer TEXT NOT NULL,
  answered_by TEXT NOT NULL DEFAULT '',
  answered_by_name TEXT NOT NULL,
  entered_by_name TEXT NOT NULL DEFAULT '',
  answered_at TEXT NOT NULL
);
CREATE INDEX department_answer_unit ON department_answer (year, department, unit_id, id);

-- What a department says of a unit: the state of a veto clause. Replied to once by the unit, decided once; texts are empty until then.
-- `outcome`: upheld, lifted. `decider`: department, city, term. `veto_id` is the veto that an upheld one is on record as.
CREATE TABLE veto_entry (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  department TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  clause TEXT NOT NULL,
  state_on TEXT NOT NULL,
  document TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  made_by_name TEXT NOT NULL,
  made_at TEXT NOT NULL,
  reply_by TEXT NOT NULL,
  reply TEXT NOT NULL DEFAULT '',
  replied_by_name TEXT NOT NULL DEFAULT '',
  replied_at TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL DEFAULT '',
  decider TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  decided_by TEXT NOT NULL DEFAULT '',
  decided_by_name TEXT NOT NULL DEFAULT '',
  decided_at TEXT NOT NULL DEFAULT '',
  veto_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX veto_entry_year ON veto_entry (year, outcome, department, id);
CREATE INDEX veto_entry_unit ON veto_entry (unit_id, year);
-- A department says each state of a unit once, unless it was lifted.
CREATE UNIQUE INDEX veto_entry_once ON veto_entry (year, department, unit_id, clause) WHERE outcome <> 'lifted';

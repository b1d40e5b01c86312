-- A year of the programme: its calendar as days that may be moved from the standard's.
CREATE TABLE round (
  year BIGINT PRIMARY KEY,
  standard_key TEXT NOT NULL,
  declaration_from TEXT NOT NULL,
  declaration_to TEXT NOT NULL,
  examination_from TEXT NOT NULL,
  examination_to TEXT NOT NULL,
  commendation_from TEXT NOT NULL,
  commendation_to TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  revision BIGINT NOT NULL DEFAULT 1,
  changed_at TEXT NOT NULL
);

-- How many candidates a federation may recommend for a title in a year. Unused places return with `closed_at`; `returned` counts them.
CREATE TABLE quota (
  year BIGINT NOT NULL,
  title TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  places BIGINT NOT NULL,
  returned BIGINT NOT NULL DEFAULT 0,
  closed_at TEXT,
  revision BIGINT NOT NULL DEFAULT 1,
  PRIMARY KEY (year, title, unit_id)
);

-- `state`: draft, under-review, returned, withdrawn, rejected, named. `step` counts in `route` (JSON list of steps with their units,
-- frozen when submitted); `at_unit_id` is who has it now. `rank` is the place in the recommending federation's list.
CREATE TABLE application (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  title TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  unit_sort_key TEXT NOT NULL,
  person_id TEXT NOT NULL DEFAULT '',
  person_name TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  step BIGINT NOT NULL DEFAULT -1,
  step_act TEXT NOT NULL DEFAULT '',
  at_unit_id TEXT NOT NULL,
  at_unit_path TEXT NOT NULL,
  route TEXT NOT NULL DEFAULT '[]',
  story TEXT NOT NULL DEFAULT '',
  rank BIGINT,
  recommended_by TEXT,
  judgement_id TEXT,
  since_at TEXT NOT NULL,
  submitted_at TEXT,
  closed_at TEXT,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revision BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX application_once ON application (year, title, unit_id, person_id) WHERE state <> 'withdrawn';
CREATE INDEX application_queue ON application (at_unit_id, state, year, title, since_at);
CREATE INDEX application_path ON application (year, title, state, unit_path);
CREATE INDEX application_unit ON application (unit_id, year);
CREATE INDEX application_recommended ON application (recommended_by, year, title, rank) WHERE recommended_by IS NOT NULL;

-- Everything that happened to an application, in order of id. `act`: drafted, submitted, withdrawn, returned, resubmitted, endorsed,
-- recommended, recommendation-undone, rejected, named. `reasons`: JSON list of {clause, note}.
CREATE TABLE application_event (
  id TEXT PRIMARY KEY,
  application_id TEXT NOT NULL,
  act TEXT NOT NULL,
  step BIGINT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  account_id TEXT,
  account_name TEXT NOT NULL,
  opinion TEXT NOT NULL DEFAULT '',
  reasons TEXT NOT NULL DEFAULT '[]',
  judgement_id TEXT,
  at TEXT NOT NULL,
  request_key TEXT UNIQUE
);
CREATE INDEX application_event_application ON application_event (application_id, id);

-- What a reviewer found on one criterion of an application: confirmed or rejected, added, newest counts.
CREATE TABLE finding (
  id TEXT PRIMARY KEY,
  application_id TEXT NOT NULL,
  clause TEXT NOT NULL,
  outcome TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  unit_id TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX finding_application ON finding (application_id, id);

-- A reviewer's declared conflict of interest: from then on the account may not act on the application.
CREATE TABLE conflict (
  application_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  declared_at TEXT NOT NULL,
  PRIMARY KEY (application_id, account_id)
);

-- A veto (V1-V11) of a unit and a year; lifted, never deleted.
CREATE TABLE veto (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  year BIGINT NOT NULL,
  clause TEXT NOT NULL,
  source TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  recorded_by TEXT NOT NULL,
  recorded_by_name TEXT NOT NULL DEFAULT '',
  recorded_at TEXT NOT NULL,
  lifted_at TEXT,
  lifted_by_name TEXT NOT NULL DEFAULT '',
  lift_reason TEXT
);
CREATE INDEX veto_unit ON veto (unit_id, year);
CREATE INDEX veto_path ON veto (year, unit_path);
CREATE UNIQUE INDEX veto_once ON veto (unit_id, year, clause) WHERE lifted_at IS NULL;

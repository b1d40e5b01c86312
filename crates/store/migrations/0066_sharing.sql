-- Cases: a union's experience. `text_number`: the newest text; `fixed_number`: the newest that left its writer's hands; `agreed_number`: the one that the
-- union agreed to. `size` is -1 where nobody knows how many work there. `search_text` is filled while the case is published.
CREATE TABLE shared_case (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  unit_kind TEXT NOT NULL,
  size BIGINT NOT NULL,
  industry TEXT NOT NULL,
  year BIGINT NOT NULL,
  application_id TEXT NOT NULL,
  state TEXT NOT NULL,
  at_unit_id TEXT NOT NULL,
  at_unit_path TEXT NOT NULL,
  text_number BIGINT NOT NULL,
  fixed_number BIGINT NOT NULL,
  agreed_number BIGINT NOT NULL,
  title TEXT NOT NULL,
  title_sort_key TEXT NOT NULL,
  unit_sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  published_on TEXT NOT NULL,
  since_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX shared_case_unit ON shared_case (unit_id, id);
CREATE INDEX shared_case_at ON shared_case (at_unit_id, state, since_at, id);
CREATE INDEX shared_case_published ON shared_case (state, published_on, id);
CREATE INDEX shared_case_paths ON shared_case (unit_path);
CREATE INDEX shared_case_at_paths ON shared_case (at_unit_path);
CREATE UNIQUE INDEX shared_case_once ON shared_case (request_hash) WHERE request_hash <> '';

-- What a case says: one that left its writer's hands stays as it is. `clauses` are separated by blanks.
CREATE TABLE case_text (
  case_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  side TEXT NOT NULL,
  title TEXT NOT NULL,
  problem TEXT NOT NULL,
  method TEXT NOT NULL,
  effect TEXT NOT NULL,
  clauses TEXT NOT NULL,
  names_agreed BIGINT NOT NULL,
  written_by_name TEXT NOT NULL,
  written_at TEXT NOT NULL,
  PRIMARY KEY (case_id, number)
);

-- Photos of a case: pieces of its union's evidence, with whoever said that the people in them agree.
CREATE TABLE case_photo (
  case_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  evidence_id TEXT NOT NULL,
  caption TEXT NOT NULL,
  agreed_by_name TEXT NOT NULL,
  agreed_at TEXT NOT NULL,
  PRIMARY KEY (case_id, place)
);
CREATE INDEX case_photo_evidence ON case_photo (evidence_id);

-- What happened to a case.
CREATE TABLE case_event (
  id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL,
  act TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  account_name TEXT NOT NULL,
  note TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX case_event_case ON case_event (case_id, id);

-- The clauses of the published cases, with what unions are like each other by: what stands beside a criterion is read from here.
CREATE TABLE case_clause (
  clause TEXT NOT NULL,
  case_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_kind TEXT NOT NULL,
  size BIGINT NOT NULL,
  industry TEXT NOT NULL,
  published_on TEXT NOT NULL,
  PRIMARY KEY (clause, case_id)
);
CREATE INDEX case_clause_case ON case_clause (case_id);

-- Topics of study. `kinds`: the kinds of unions that it is for, each between commas; empty for all. `closed_at` is empty until it is summed up.
CREATE TABLE topic (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  title TEXT NOT NULL,
  question TEXT NOT NULL,
  kinds TEXT NOT NULL,
  opens_on TEXT NOT NULL,
  closes_on TEXT NOT NULL,
  opened_by_name TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  summary TEXT NOT NULL DEFAULT '',
  closed_by_name TEXT NOT NULL DEFAULT '',
  closed_at TEXT NOT NULL DEFAULT '',
  request_hash TEXT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX topic_path ON topic (unit_path, closes_on);
CREATE UNIQUE INDEX topic_once ON topic (request_hash) WHERE request_hash <> '';

-- What unions said on topics, and what was answered. `retracted_at` is empty unless the union took it back.
CREATE TABLE topic_contribution (
  id TEXT PRIMARY KEY,
  topic_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  text TEXT NOT NULL,
  evidence_id TEXT NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',
  answered_by_name TEXT NOT NULL DEFAULT '',
  answered_at TEXT NOT NULL DEFAULT '',
  retracted_at TEXT NOT NULL DEFAULT '',
  request_hash TEXT NOT NULL
);
CREATE INDEX topic_contribution_topic ON topic_contribution (topic_id, retracted_at, id);
CREATE INDEX topic_contribution_unit ON topic_contribution (unit_id, topic_id);
CREATE INDEX topic_contribution_path ON topic_contribution (unit_path);
CREATE UNIQUE INDEX topic_contribution_once ON topic_contribution (request_hash) WHERE request_hash <> '';

-- Meetings at a union. `taken`: so many places are booked; an update that would book more than `places` changes no row.
CREATE TABLE meeting (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  host_id TEXT NOT NULL,
  host_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  agenda TEXT NOT NULL,
  place TEXT NOT NULL,
  held_on TEXT NOT NULL,
  begins TEXT NOT NULL,
  book_until TEXT NOT NULL,
  places BIGINT NOT NULL,
  most_each BIGINT NOT NULL,
  remind_days BIGINT NOT NULL,
  taken BIGINT NOT NULL,
  called_by_name TEXT NOT NULL,
  called_at TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  cancelled_by_name TEXT NOT NULL DEFAULT '',
  cancelled_at TEXT NOT NULL DEFAULT '',
  request_hash TEXT NOT NULL,
  revision BIGINT NOT NULL
);
CREATE INDEX meeting_path ON meeting (unit_path, held_on);
CREATE INDEX meeting_host ON meeting (host_id, held_on);
CREATE INDEX meeting_held ON meeting (held_on, id);
CREATE UNIQUE INDEX meeting_once ON meeting (request_hash) WHERE request_hash <> '';

-- Who comes to a meeting for a union, or waits to, in the order of booking.
CREATE TABLE booking (
  id TEXT PRIMARY KEY,
  meeting_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  unit_name TEXT NOT NULL,
  name TEXT NOT NULL,
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at TEXT NOT NULL,
  changed_at TEXT NOT NULL
);
CREATE UNIQUE INDEX booking_number ON booking (meeting_id, number);
CREATE INDEX booking_unit ON booking (unit_id, meeting_id);
CREATE INDEX booking_path ON booking (unit_path);

-- Where and when an application was shown in its own unit before it was handed in.
CREATE TABLE posting (
  application_id TEXT PRIMARY KEY,
  from_on TEXT NOT NULL,
  to_on TEXT NOT NULL,
  place TEXT NOT NULL,
  said_by TEXT NOT NULL,
  said_by_name TEXT NOT NULL,
  said_at TEXT NOT NULL
);

-- Public notices of a title's candidates. `shown` is exactly what was shown, as JSON, and `hash` its SHA-256: the copy that stays with the office.
-- `taken_down_at` is empty while it hangs; `reason` is why it was taken down before its time.
CREATE TABLE publication (
  id TEXT PRIMARY KEY,
  year BIGINT NOT NULL,
  title TEXT NOT NULL,
  from_on TEXT NOT NULL,
  to_on TEXT NOT NULL,
  shown TEXT NOT NULL,
  hash TEXT NOT NULL,
  published_by TEXT NOT NULL,
  published_by_name TEXT NOT NULL,
  published_at TEXT NOT NULL,
  taken_down_at TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX publication_title ON publication (year, title, published_at);
CREATE INDEX publication_hanging ON publication (taken_down_at, to_on);

-- The applications of a public notice, by their place in it.
CREATE TABLE publication_line (
  publication_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (publication_id, application_id)
);
CREATE INDEX publication_line_application ON publication_line (application_id);

-- Objections to candidates. `sealed`: all that was said, and by whom; `answer`: what was answered; both encrypted with the instance's key.
-- `confirmed_at` is empty while one of a flood waits for whoever wrote it. `network`: a few digits of a keyed hash, by which a flood is folded.
CREATE TABLE objection (
  id TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  publication_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  network TEXT NOT NULL,
  received_at TEXT NOT NULL,
  confirmed_at TEXT NOT NULL DEFAULT '',
  assigned_to TEXT NOT NULL DEFAULT '',
  assigned_to_name TEXT NOT NULL DEFAULT '',
  office_id TEXT NOT NULL DEFAULT '',
  assigned_at TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL DEFAULT '',
  answer TEXT NOT NULL DEFAULT '',
  answered_by TEXT NOT NULL DEFAULT '',
  answered_by_name TEXT NOT NULL DEFAULT '',
  answered_at TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX objection_number ON objection (number);
CREATE INDEX objection_application ON objection (application_id, answered_at);
CREATE INDEX objection_waiting ON objection (answered_at, number);
CREATE INDEX objection_assigned ON objection (assigned_to, answered_at);
CREATE INDEX objection_request ON objection (request_hash);

-- The evidence of an objection: files that hold ciphertext only. What they are called stands in what is sealed.
CREATE TABLE objection_file (
  objection_id TEXT NOT NULL,
  place BIGINT NOT NULL,
  hash TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (objection_id, place)
);

-- What those who look into an objection note, encrypted.
CREATE TABLE objection_note (
  id TEXT PRIMARY KEY,
  objection_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX objection_note_objection ON objection_note (objection_id);

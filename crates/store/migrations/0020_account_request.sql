-- What a second administrator confirms before it holds: a role that decides (`role`), a new password (`password`) or the unlocking (`unlock`) of
-- an account that has one. `state`: waiting, confirmed, refused.
CREATE TABLE account_request (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  role TEXT NOT NULL DEFAULT '',
  unit_id TEXT NOT NULL DEFAULT '',
  unit_path TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'waiting',
  proposed_by TEXT NOT NULL,
  proposed_by_name TEXT NOT NULL,
  proposed_at TEXT NOT NULL,
  decided_by_name TEXT NOT NULL DEFAULT '',
  decided_at TEXT NOT NULL DEFAULT ''
);
CREATE INDEX account_request_account ON account_request (account_id, state);
CREATE INDEX account_request_path ON account_request (state, unit_path);

-- What others did to an account, for its owner to read after signing in. `read_at` is empty until then.
CREATE TABLE account_notice (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  act TEXT NOT NULL,
  role TEXT NOT NULL DEFAULT '',
  unit_name TEXT NOT NULL DEFAULT '',
  by_name TEXT NOT NULL,
  at TEXT NOT NULL,
  read_at TEXT NOT NULL DEFAULT ''
);
CREATE INDEX account_notice_account ON account_notice (account_id, id);

-- Browsers in which an account signed in before, by the hash of their cookie: strangers' wrong guesses do not keep them waiting.
CREATE TABLE known_browser (
  token_hash TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE INDEX known_browser_account ON known_browser (account_id, expires_at);

-- What was typed as a user name stood here in clear. From now on targets are keyed hashes; rows are swept when old.
DELETE FROM sign_in_failure;
CREATE INDEX sign_in_failure_last ON sign_in_failure (last_at);

-- Polls of the city that a backup was made of whose votes are not in it: their box was still closed.
CREATE TABLE poll_left_out (
  poll_id TEXT PRIMARY KEY
);

-- What goes to people by mail and by text message: a row a message and channel, written with the message. `dispatch_id` is empty until the row is
-- gathered with others into one letter; the letter's identity is made from it, the same at every attempt. `error` is why the last attempt failed, in
-- JSON. state: waiting, sent, unneeded (read in the inbox before, or no longer wanted), given-up.
CREATE TABLE outgoing (
  account_id TEXT NOT NULL,
  told_key TEXT NOT NULL,
  channel TEXT NOT NULL,
  urgent BIGINT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting',
  dispatch_id TEXT NOT NULL DEFAULT '',
  attempts BIGINT NOT NULL DEFAULT 0,
  due_at TEXT NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  ended_at TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (account_id, told_key, channel)
);
CREATE INDEX outgoing_due ON outgoing (state, due_at);
CREATE INDEX outgoing_dispatch ON outgoing (dispatch_id);
CREATE INDEX outgoing_sent ON outgoing (account_id, channel, state, ended_at);

-- What somebody wants by a channel, where it is not the usual; and an address that the receiving side refused for good: nothing goes there any more.
CREATE TABLE post_choice (
  account_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  wish TEXT NOT NULL,
  lang TEXT NOT NULL DEFAULT 'zh',
  refused_address TEXT NOT NULL DEFAULT '',
  refused_at TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (account_id, channel)
);

-- Letters of the public. `sealed`: name and telephone of who wrote, encrypted with the instance's key. `code_hash`: by its code a letter is followed.
CREATE TABLE letter (
  id TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  text TEXT NOT NULL,
  sealed TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  received_at TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',
  answered_by TEXT NOT NULL DEFAULT '',
  answered_by_name TEXT NOT NULL DEFAULT '',
  answered_at TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX letter_number ON letter (number);
CREATE INDEX letter_waiting ON letter (answered_at, number);

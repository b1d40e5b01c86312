-- Who of the identity provider signed in to which account, by a keyed hash of issuer and subject: a name that the provider gives to somebody else
-- opens nothing.
CREATE TABLE provider_subject (
  account_id TEXT PRIMARY KEY,
  subject_hash TEXT NOT NULL UNIQUE,
  since_at TEXT NOT NULL
);

-- Sign-ins at the provider that came back, by a hash of their state, so that none is finished twice.
CREATE TABLE provider_attempt (
  state_hash TEXT PRIMARY KEY,
  expires_at TEXT NOT NULL
);

-- 1 of a session that began at the provider.
ALTER TABLE session ADD COLUMN by_provider BIGINT NOT NULL DEFAULT 0;

-- A forgotten password is asked for by mail address, too.
CREATE INDEX account_mail ON account (mail);

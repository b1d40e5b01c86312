-- What a vote writes has no line in the trail, which would tell when somebody voted. Each of these rows carries a digest of what it holds
-- instead, so that a value changed by hand is found. Rows of before get theirs when the trail adopts what this migration found.
ALTER TABLE tray ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE slip_state ADD COLUMN digest TEXT NOT NULL DEFAULT '';

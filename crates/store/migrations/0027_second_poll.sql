-- A poll that would replace a result of its year: what it replaces, and the consent of the union above.
ALTER TABLE poll ADD COLUMN replaces TEXT;
ALTER TABLE poll ADD COLUMN consent TEXT;

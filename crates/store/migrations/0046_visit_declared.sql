-- What a home had declared when it was drawn: the judgement that was kept of it then. What it corrects afterwards changes nothing of what it is compared with.
CREATE TABLE visit_declared (
  visit_id TEXT PRIMARY KEY,
  judgement_id TEXT NOT NULL
);

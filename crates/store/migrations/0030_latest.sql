-- The front page shows the titles named last, whatever year they are for.
CREATE INDEX honour_latest ON honour (state, begun_on DESC, id);

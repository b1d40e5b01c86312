-- The numbers of an office's documents are looked up before a paper is given one: an office gives a number once.
CREATE INDEX honour_event_document ON honour_event (document_number);
CREATE INDEX visit_event_document ON visit_event (document_number);

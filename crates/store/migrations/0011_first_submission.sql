-- `submitted_at` is the first submission, as of whose day an application is judged; a resubmission used to overwrite it.
UPDATE application
SET submitted_at = (
  SELECT MIN(application_event.at)
  FROM application_event
  WHERE application_event.application_id = application.id AND application_event.act = 'submitted'
)
WHERE EXISTS (
  SELECT 1
  FROM application_event
  WHERE application_event.application_id = application.id AND application_event.act = 'submitted'
);

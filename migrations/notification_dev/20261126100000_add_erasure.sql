-- Whose mail it is, as the job says it (jobs from before say nothing), and since when its owner is
-- erased: the payload is blank once the mail has ended, and a DEAD one cannot be sent again.
ALTER TABLE Deliveries
  ADD COLUMN userId BIGINT GENERATED ALWAYS AS (JSON_VALUE(payload, '$.userId')) STORED,
  ADD COLUMN erasedAt DATETIME(6) NULL,
  ADD KEY of_user (userId);

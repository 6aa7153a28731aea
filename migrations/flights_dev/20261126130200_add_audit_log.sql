-- Who did what to which queue or job, and when. Rows are added and read, never changed: the
-- service's account has no other right here (migrations/rights.sql). What another service carries
-- out has two: ASKED before, and what came of it after.
CREATE TABLE AuditLog (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  actorId BIGINT NOT NULL,  -- account
  action VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  queue VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  jobId VARCHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,  -- NULL: the whole queue
  outcome ENUM('ASKED', 'DONE', 'REFUSED', 'UNKNOWN') NOT NULL,
  changed BIGINT NULL,      -- how many jobs, or 1 for a queue; 0: it was so already
  correlationId VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL
) ENGINE = InnoDB;

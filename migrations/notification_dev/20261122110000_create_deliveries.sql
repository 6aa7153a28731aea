-- The ledger of e-mails: one row a job, whatever the queue does. A worker that has a row holds
-- it by a lease; whoever finds the lease run out may take it over.
CREATE TABLE Deliveries (
  jobId CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,  -- ULID
  template VARCHAR(64) NOT NULL,
  payload JSON NOT NULL,                        -- the job as it came: recipient, subject, params
  state ENUM('QUEUED', 'SENDING', 'SENT', 'DEAD') NOT NULL DEFAULT 'QUEUED',
  attempts INT UNSIGNED NOT NULL DEFAULT 0,     -- counted when a worker claims the row
  nextAttemptAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  leasedUntil DATETIME(6) NULL,
  messageId VARCHAR(320) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- RFC 5322 Message-ID
  lastError VARCHAR(500) NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updatedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  UNIQUE KEY messageId (messageId),
  KEY due (state, nextAttemptAt),
  KEY leases (state, leasedUntil),
  KEY ended (state, updatedAt),
  CONSTRAINT deliveryLease CHECK ((state = 'SENDING') = (leasedUntil IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What changes of accounts cause elsewhere: e-mails to their holders. See service_kit::outbox.
CREATE TABLE Outbox (
  id          CHAR(26)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- ULID
  topic       VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload     JSON         NOT NULL,
  attempts    INT UNSIGNED NOT NULL DEFAULT 0,
  createdAt   DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  availableAt DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  actedAt     DATETIME(6)  NULL,  -- when the relay last did something outside for this row
  leasedUntil DATETIME(6)  NULL,
  leaseToken  CHAR(26)     CHARACTER SET ascii COLLATE ascii_bin NULL,
  doneAt      DATETIME(6)  NULL,
  -- Whom it is about.
  userId      BIGINT       GENERATED ALWAYS AS (JSON_VALUE(payload, '$.userId')) VIRTUAL,
  PRIMARY KEY (id),
  KEY ixOutboxDue (topic, doneAt, availableAt),
  KEY ixOutboxLease (leaseToken),
  KEY ixOutboxDone (doneAt),
  KEY ixOutboxUser (userId)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

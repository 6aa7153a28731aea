-- A disabled account signs in no more; its sessions are over.
ALTER TABLE `User` ADD COLUMN disabledAt DATETIME(6) NULL AFTER name;

-- Who changed what of whom, when and from where. Rows are added and read, never changed: the
-- service's account has no other right here (migrations/rights.sql).
CREATE TABLE AuditLog (
  id            BIGINT       NOT NULL AUTO_INCREMENT,
  at            DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  actorId       BIGINT       NOT NULL,  -- the account that did it
  action        VARCHAR(40)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  userId        BIGINT       NOT NULL,  -- the account that it was done to
  address       VARCHAR(45)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  correlationId VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
  `before`      JSON         NULL,
  `after`       JSON         NULL,
  PRIMARY KEY (id),
  KEY ixAuditLogUser (userId, id),
  KEY ixAuditLogActor (actorId, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

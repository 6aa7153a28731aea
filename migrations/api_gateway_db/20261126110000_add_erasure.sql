-- An account that is being erased, which shuts it as disabling does without being it, and one that
-- is: its address is 'erased:<id>', which nobody can have, and its name is empty.
ALTER TABLE `User`
  ADD COLUMN erasingSince DATETIME(6) NULL AFTER disabledAt,
  ADD COLUMN erasedAt     DATETIME(6) NULL AFTER erasingSince;

-- What became of each request to be erased. One of an account is ASKED at a time.
CREATE TABLE Erasures (
  id        CHAR(26)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- ULID, that of the outbox row
  userId    BIGINT      NOT NULL,
  state     ENUM('ASKED', 'BLOCKED', 'ERASED') NOT NULL DEFAULT 'ASKED',
  reasons   JSON        NULL,  -- what stood in the way
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  decidedAt DATETIME(6) NULL,
  PRIMARY KEY (id),
  KEY ixErasuresUser (userId, state),
  CONSTRAINT fkErasuresUser FOREIGN KEY (userId) REFERENCES `User` (id) ON DELETE CASCADE,
  CONSTRAINT ckErasuresDecided CHECK ((state = 'ASKED') = (decidedAt IS NULL)),
  CONSTRAINT ckErasuresReasons CHECK ((state = 'BLOCKED') = (reasons IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Since when its holder is known to read what is sent to the address.
ALTER TABLE `User` ADD COLUMN emailVerifiedAt DATETIME(6) NULL AFTER email;

-- Tokens of links in e-mails, by their SHA-256. Each is good once, for one purpose, until it expires;
-- usedAt also says that it was taken back.
CREATE TABLE EmailTokens (
  hash      BINARY(32)  NOT NULL,
  userId    BIGINT      NOT NULL,
  purpose   ENUM('VERIFY', 'RESET') NOT NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  expiresAt DATETIME(6) NOT NULL,
  usedAt    DATETIME(6) NULL,
  PRIMARY KEY (hash),
  KEY ixEmailTokensUser (userId, purpose, createdAt),
  KEY ixEmailTokensExpires (expiresAt),
  CONSTRAINT fkEmailTokensUser FOREIGN KEY (userId) REFERENCES `User` (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- A session begins with a sign-in and lives by its refresh tokens. sid is in every access token of it.
-- revokedBefore: access tokens issued before this second since the epoch do not pass; set when the
-- session ends or its holder's roles change. The gateways read what is revoked every second.
CREATE TABLE Sessions (
  sid           CHAR(26)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- ULID
  userId        BIGINT       NOT NULL,
  createdAt     DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  lastUsedAt    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),  -- sign-in or last refresh
  expiresAt     DATETIME(6)  NOT NULL,                               -- without another refresh
  endedAt       DATETIME(6)  NULL,
  endedBy       ENUM('SIGN_OUT', 'SIGN_OUT_ALL', 'ENDED', 'TOKEN_REUSE', 'PASSWORD', 'DISABLED', 'ERASED') NULL,
  revokedBefore BIGINT       NULL,
  revokedAt     DATETIME(6)  NULL,
  address       VARCHAR(45)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- of the sign-in
  userAgent     VARCHAR(200) NOT NULL,
  PRIMARY KEY (sid),
  KEY ixSessionsUser (userId, endedAt),
  KEY ixSessionsRevoked (revokedAt),
  KEY ixSessionsExpires (expiresAt),
  CONSTRAINT fkSessionsUser FOREIGN KEY (userId) REFERENCES `User` (id) ON DELETE CASCADE,
  CONSTRAINT ckSessionsEnded CHECK ((endedAt IS NULL) = (endedBy IS NULL)),
  CONSTRAINT ckSessionsRevoked CHECK ((revokedAt IS NULL) = (revokedBefore IS NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Refresh tokens by their SHA-256. A used one stays, so that its second use is known for what it is.
CREATE TABLE RefreshTokens (
  hash      BINARY(32)  NOT NULL,
  sid       CHAR(26)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  usedAt    DATETIME(6) NULL,
  PRIMARY KEY (hash),
  KEY ixRefreshTokensSession (sid),
  KEY ixRefreshTokensUsed (usedAt),
  CONSTRAINT fkRefreshTokensSession FOREIGN KEY (sid) REFERENCES Sessions (sid) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

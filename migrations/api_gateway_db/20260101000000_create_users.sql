-- Accounts. The e-mail is stored trimmed and in lower case, so that bytes decide who is who.
-- passwordHash is an argon2id PHC string, or a bcrypt hash brought over and not yet replaced.
CREATE TABLE `User` (
  id           BIGINT       NOT NULL AUTO_INCREMENT,
  email        VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  passwordHash VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name         VARCHAR(100) NOT NULL,
  createdAt    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updatedAt    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY uqUserEmail (email)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

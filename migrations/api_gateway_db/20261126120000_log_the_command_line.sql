-- Accounts are made on the command line too, by nobody who has an account, from no address.
ALTER TABLE AuditLog
  MODIFY actorId BIGINT      NULL,  -- the account that did it; NULL is the command line
  MODIFY address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NULL;

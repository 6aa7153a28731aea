-- Roles, and who has which. The ids are part of the schema: the CHECK below refers to one.
CREATE TABLE `Role` (
  id        BIGINT      NOT NULL,
  name      VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updatedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY uqRoleName (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

INSERT INTO `Role` (id, name) VALUES (1, 'CUSTOMER'), (2, 'FLIGHT_COMPANY'), (3, 'ADMIN');

-- airline is the IATA designator that a FLIGHT_COMPANY (role 2) works for; nobody else has one.
CREATE TABLE `User_Roles` (
  userId    BIGINT      NOT NULL,
  roleId    BIGINT      NOT NULL,
  airline   CHAR(2)     CHARACTER SET ascii COLLATE ascii_bin NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updatedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (userId, roleId),
  KEY ixUserRolesRole (roleId),
  CONSTRAINT fkUserRolesUser FOREIGN KEY (userId) REFERENCES `User` (id) ON DELETE CASCADE,
  CONSTRAINT fkUserRolesRole FOREIGN KEY (roleId) REFERENCES `Role` (id),
  CONSTRAINT ckUserRolesAirline CHECK ((roleId = 2) = (airline IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

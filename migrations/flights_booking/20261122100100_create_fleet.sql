-- Airlines give names to designators; flights and airplanes may carry a designator that has no
-- name here yet, so nothing refers to this table.

CREATE TABLE Airlines (
    code      CHAR(2)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- IATA designator
    name      VARCHAR(120) NOT NULL,
    createdAt DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updatedAt DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE Airplane (
    id          BIGINT      NOT NULL AUTO_INCREMENT,
    modelNumber VARCHAR(60) NOT NULL,
    capacity    INT         NOT NULL,
    airline     CHAR(2)     CHARACTER SET ascii COLLATE ascii_bin NULL, -- NULL: shared by all
    createdAt   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updatedAt   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    CONSTRAINT Airplane_capacity CHECK (capacity > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE Seat (
    id         BIGINT      NOT NULL AUTO_INCREMENT,
    airplaneId BIGINT      NOT NULL,
    `row`      SMALLINT    NOT NULL,
    col        CHAR(1)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- A to Z
    type       ENUM ('BUSINESS', 'ECONOMY', 'PREMIUM_ECONOMY', 'FIRST_CLASS')
                           NOT NULL DEFAULT 'ECONOMY',
    createdAt  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updatedAt  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    UNIQUE KEY Seat_place (airplaneId, `row`, col),
    CONSTRAINT Seat_airplane FOREIGN KEY (airplaneId) REFERENCES Airplane (id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT Seat_row CHECK (`row` > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- A search without a route reads its page's ids from one index: in the order asked for, with the
-- departure beside the id, so that flights that have departed cost no look at their rows. A
-- currency that few flights have is found by itself. Seats still have no index: they change with
-- every hold, or are rarely asked for.

ALTER TABLE Flight
    DROP KEY Flight_price,
    ADD KEY Flight_by_price (price, id, departureTime),
    ADD KEY Flight_by_arrival (arrivalTime, id, departureTime),
    ADD KEY Flight_by_number (flightNumber, id, departureTime),
    ADD KEY Flight_currency_time (currency, departureTime, id);

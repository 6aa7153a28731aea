//! The money of invariant 3, and invariant 5: payments and refunds, here and at the provider.

use super::Check;

/// The checks.
pub const CHECKS: &[Check] = &[
    Check {
        invariant: 3,
        name: "each BOOKED has exactly one kept payment, of its total",
        sql: "
            SELECT CONCAT('booking ', b.id) AS who,
                   CONCAT(COUNT(p.id), ' kept payments of ', COALESCE(SUM(p.amount), 0),
                          ', it costs ', b.totalCost, ' ', COALESCE(b.currency, '')) AS why
            FROM {booking}.Bookings b
            LEFT JOIN {booking}.Payments p ON p.bookingId = b.id AND p.status = 'CAPTURED'
              AND NOT EXISTS (SELECT 1 FROM {booking}.Refunds r
                              WHERE r.paymentId = p.id AND r.status <> 'FAILED')
            WHERE b.status = 'BOOKED'
            GROUP BY b.id, b.totalCost, b.currency, b.paymentId
            HAVING COUNT(p.id) <> 1 OR MAX(p.amount) <> b.totalCost
                OR MAX(p.currency) <> b.currency OR NOT MAX(p.id) <=> b.paymentId",
    },
    Check {
        invariant: 5,
        name: "captured - refunds = cost of BOOKED, per currency",
        sql: "
            SELECT CONCAT('currency ', sums.currency) AS who,
                   CONCAT('captured ', SUM(sums.captured), ' - refunds ', SUM(sums.refunded),
                          ' <> booked ', SUM(sums.booked)) AS why
            FROM (SELECT currency, amount AS captured, 0 AS refunded, 0 AS booked
                  FROM {booking}.Payments WHERE status = 'CAPTURED'
                  UNION ALL
                  SELECT currency, 0, amount, 0 FROM {booking}.Refunds WHERE status <> 'FAILED'
                  UNION ALL
                  SELECT currency, 0, 0, totalCost FROM {booking}.Bookings
                  WHERE status = 'BOOKED') sums
            GROUP BY sums.currency
            HAVING SUM(sums.captured) - SUM(sums.refunded) <> SUM(sums.booked)",
    },
    Check {
        invariant: 5,
        name: "each captured payment pays a BOOKED booking or is given back, not both",
        sql: "
            SELECT CONCAT('payment ', p.id) AS who,
                   CONCAT('CAPTURED, ',
                          CASE WHEN r.id IS NULL THEN 'not given back'
                               ELSE CONCAT('refund ', r.status) END,
                          ', booking ', b.id, ' is ', b.status,
                          CASE WHEN b.paymentId <=> p.id THEN ' by it'
                               ELSE ' by another' END) AS why
            FROM {booking}.Payments p
            JOIN {booking}.Bookings b ON b.id = p.bookingId
            LEFT JOIN {booking}.Refunds r ON r.paymentId = p.id AND r.status <> 'FAILED'
            WHERE p.status = 'CAPTURED'
              AND (r.id IS NULL) <> (b.status = 'BOOKED' AND b.paymentId <=> p.id)",
    },
    Check {
        invariant: 5,
        name: "each refund is the whole of a captured payment",
        sql: "
            SELECT CONCAT('refund of payment ', r.paymentId) AS who,
                   CONCAT(r.status, ' ', r.amount, ' ', r.currency, ', the payment is ',
                          p.status, ' ', p.amount, ' ', p.currency) AS why
            FROM {booking}.Refunds r
            JOIN {booking}.Payments p ON p.id = r.paymentId
            WHERE p.status <> 'CAPTURED' OR r.amount <> p.amount OR r.currency <> p.currency",
    },
    Check {
        invariant: 5,
        // A DECLINED one that the provider never heard of was guessed: had its charge been voided,
        // there would be a tombstone, DECLINED of amount 0. Of a PROCESSING one anything may have
        // become, but for another sum of money.
        name: "each payment is what the provider says",
        sql: "
            SELECT CONCAT('payment ', p.id) AS who,
                   CONCAT(p.status, ' ', p.amount, ' ', p.currency, ', at the provider ',
                          COALESCE(CONCAT(c.state, ' ', c.amount, ' ', c.currency), 'unknown'))
                     AS why
            FROM {booking}.Payments p
            LEFT JOIN {payments}.Charges c ON c.id = p.id
            WHERE (p.status = 'CAPTURED' AND NOT c.state <=> 'CAPTURED')
               OR (p.status = 'DECLINED' AND NOT c.state <=> 'DECLINED')
               OR ((c.amount <> p.amount OR c.currency <> p.currency)
                   AND NOT (c.state = 'DECLINED' AND c.amount = 0))",
    },
    Check {
        invariant: 5,
        name: "each charge at the provider has its payment",
        sql: "
            SELECT CONCAT('charge ', c.id) AS who,
                   CONCAT(c.state, ' ', c.amount, ' ', c.currency, ' without a payment') AS why
            FROM {payments}.Charges c
            LEFT JOIN {booking}.Payments p ON p.id = c.id
            WHERE p.id IS NULL",
    },
    Check {
        invariant: 5,
        name: "each refund is what the provider says",
        sql: "
            SELECT CONCAT('refund of payment ', r.paymentId) AS who,
                   CONCAT(r.status, ' ', r.amount, ', at the provider ',
                          COALESCE(g.amount, 'none')) AS why
            FROM {booking}.Refunds r
            LEFT JOIN {payments}.Refunds g ON g.chargeId = r.paymentId
            WHERE (r.status = 'SUCCEEDED' AND NOT g.amount <=> r.amount)
               OR (r.status = 'FAILED' AND g.chargeId IS NOT NULL)",
    },
    Check {
        invariant: 5,
        name: "each refund at the provider is in the books",
        sql: "
            SELECT CONCAT('refund of charge ', g.chargeId) AS who,
                   CONCAT(g.amount, ' given back, not in the books') AS why
            FROM {payments}.Refunds g
            LEFT JOIN {booking}.Refunds r ON r.paymentId = g.chargeId
            WHERE r.id IS NULL",
    },
];

confirmation_unavailable or unconfirmed | SELECT regexp_extract(message, '\{"event": "(\w+)"', 1) AS event,
  regexp_extract(message, '"right": "([^"]*)"', 1) AS missing_right,
  sum(cast(regexp_extract(message, '"items": (\d+)', 1) AS bigint)) AS items
FROM log WHERE message LIKE '%{"event": "confirmation_unavailable", %'
  OR (message LIKE '%{"event": "unconfirmed", %' AND message LIKE '%"reason": "Forbidden", %')
GROUP BY 1, 2 LIMIT 100

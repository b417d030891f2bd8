summary or unconfirmed | SELECT reason, items, minutes FROM (SELECT
  coalesce(regexp_extract(message, '"reason": "([^"]*)"', 1), 'looked up again later') AS reason,
  sum(cast(regexp_extract(message, '"items": (\d+)', 1) AS bigint)) AS items,
  max(cast(regexp_extract(message, '"waiting_ms": (\d+)', 1) AS bigint)) / 60000 AS minutes
FROM log WHERE message LIKE '%{"event": "summary", %' OR message LIKE '%{"event": "unconfirmed", %'
GROUP BY 1) WHERE (minutes >= 30 OR items > 0) AND reason <> 'Forbidden' LIMIT 100

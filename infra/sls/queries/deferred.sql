deferred | SELECT date_trunc('day', from_unixtime(__time__)) AS day,
  regexp_extract(message, '"reason": "([^"]*)"', 1) AS reason,
  sum(cast(regexp_extract(message, '"items": (\d+)', 1) AS bigint)) AS items,
  max(cast(regexp_extract(message, '"oldest_ms": (\d+)', 1) AS double)) / 60000 AS oldest_minutes
FROM log WHERE message LIKE '%{"event": "deferred", %'
GROUP BY 1, 2 ORDER BY 1, 3 DESC LIMIT 1000

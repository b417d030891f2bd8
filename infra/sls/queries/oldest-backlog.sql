summary or deferred | SELECT reason, minutes FROM (SELECT
  coalesce(regexp_extract(message, '"reason": "([^"]*)"', 1), 'accepted by now') AS reason,
  max(cast(regexp_extract(message, '(?:"lag_ms": \{"newest": \w+, "oldest"|"oldest_ms"): (\d+)', 1) AS bigint)) / 60000 AS minutes
FROM log WHERE message LIKE '%{"event": "summary", %' OR message LIKE '%{"event": "deferred", %'
GROUP BY 1) WHERE minutes >= 60 OR reason LIKE 'QuotaExceeded%' OR reason LIKE '%OverThreshold%' ORDER BY 2 DESC LIMIT 100

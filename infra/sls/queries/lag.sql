summary | SELECT from_unixtime(__time__ - __time__ % 3600) AS hour,
  approx_percentile(cast(regexp_extract(message, '"lag_ms": \{"newest": (\d+)', 1) AS double), 0.5) / 1000 AS median_seconds,
  approx_percentile(cast(regexp_extract(message, '"lag_ms": \{"newest": \w+, "oldest": (\d+)', 1) AS double), 0.95) / 1000 AS p95_seconds,
  max(cast(regexp_extract(message, '"lag_ms": \{"newest": \w+, "oldest": (\d+)', 1) AS double)) / 1000 AS longest_seconds
FROM log WHERE message LIKE '%{"event": "summary", %'
GROUP BY 1 ORDER BY 1 LIMIT 1000

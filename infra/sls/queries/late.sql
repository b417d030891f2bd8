summary | SELECT seconds FROM (SELECT
  approx_percentile(cast(regexp_extract(message, '"lag_ms": \{"newest": (\d+)', 1) AS double), 0.5) / 1000 AS seconds
FROM log WHERE message LIKE '%{"event": "summary", %') WHERE seconds > 300

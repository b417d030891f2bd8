summary | SELECT from_unixtime(__time__ - __time__ % 3600) AS hour,
  sum(cast(regexp_extract(message, '"collapsed": (\d+)', 1) AS bigint)) AS replaced,
  sum(cast(regexp_extract(message, '"collateral": (\d+)', 1) AS bigint)) AS collateral
FROM log WHERE message LIKE '%{"event": "summary", %'
GROUP BY 1 ORDER BY 1 LIMIT 1000

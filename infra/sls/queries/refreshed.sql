summary | SELECT from_unixtime(__time__ - __time__ % 3600) AS hour,
  sum(cast(regexp_extract(message, '"urls": (\d+)', 1) AS bigint)) AS urls,
  sum(cast(regexp_extract(message, '"refreshed": (\d+)', 1) AS bigint)) AS refreshed,
  sum(cast(regexp_extract(message, '"deferred": (\d+)', 1) AS bigint)) AS deferred,
  sum(cast(regexp_extract(message, '"dead_lettered": (\d+)', 1) AS bigint)) AS dead_lettered,
  sum(cast(regexp_extract(message, '"requests": (\d+)', 1) AS bigint)) AS requests
FROM log WHERE message LIKE '%{"event": "summary", %'
GROUP BY 1 ORDER BY 1 LIMIT 1000

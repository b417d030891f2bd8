summary | SELECT hour, confirmed, failed, given_up, preloaded, preload_skipped,
  100.0 * confirmed / nullif(confirmed + failed + given_up, 0) AS confirmed_percent
FROM (SELECT from_unixtime(__time__ - __time__ % 3600) AS hour,
  sum(cast(regexp_extract(message, '"complete": (\d+)', 1) AS bigint)) AS confirmed,
  sum(cast(regexp_extract(message, '"failed": (\d+)', 1) AS bigint)) AS failed,
  sum(cast(regexp_extract(message, '"given_up": (\d+)', 1) AS bigint)) AS given_up,
  sum(cast(regexp_extract(message, '"preloaded": (\d+)', 1) AS bigint)) AS preloaded,
  sum(cast(regexp_extract(message, '"preload_skipped": (\d+)', 1) AS bigint)) AS preload_skipped
FROM log WHERE message LIKE '%{"event": "summary", %'
GROUP BY 1) ORDER BY 1 LIMIT 1000

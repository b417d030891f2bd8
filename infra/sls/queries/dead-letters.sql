summary | SELECT items, records FROM (SELECT
  sum(cast(regexp_extract(message, '"dead_lettered": (\d+)', 1) AS bigint)) AS items,
  sum(cast(regexp_extract(message, '"unreadable": (\d+)', 1) AS bigint)) AS records
FROM log WHERE message LIKE '%{"event": "summary", %') WHERE items + records > 0

refresh_failed or RefreshFailed | SELECT event, description, sum(items) AS items FROM (SELECT
  regexp_extract(message, '\{"event": "(\w+)"', 1) AS event,
  coalesce(regexp_extract(message, '"status": "([^"]*)"', 1), '') || ' ' || coalesce(regexp_extract(message, '"message": "([^"]*)"', 1), '') AS description,
  cast(regexp_extract(message, '"items": (\d+)', 1) AS bigint) AS items
FROM log WHERE message LIKE '%{"event": "refresh_failed", %'
  OR (message LIKE '%{"event": "dead_lettered", %' AND message LIKE '%"reason": "RefreshFailed", %'))
GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 100

quota_forecast | SELECT kind, missing FROM (SELECT
  regexp_extract(message, '"object_type": "(\w+)"', 1) AS kind,
  max(cast(regexp_extract(message, '"short": (-?\d+)', 1) AS bigint)) AS missing
FROM log WHERE message LIKE '%{"event": "quota_forecast", %'
GROUP BY 1) WHERE missing > 0 LIMIT 100

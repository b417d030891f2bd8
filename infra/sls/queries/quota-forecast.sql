quota_forecast | SELECT target, kind, missing FROM (SELECT
  coalesce(regexp_extract(message, '"product": "(\w+)"', 1), 'cdn')
    || coalesce(' ' || regexp_extract(message, '"site_id": "(\d+)"', 1), '') AS target,
  regexp_extract(message, '"object_type": "(\w+)"', 1) AS kind,
  max(cast(regexp_extract(message, '"short": (-?\d+)', 1) AS bigint)) AS missing
FROM log WHERE message LIKE '%{"event": "quota_forecast", %'
GROUP BY 1, 2) WHERE missing > 0 LIMIT 100

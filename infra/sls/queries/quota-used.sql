accepted | SELECT hour, target, sum(urls) OVER (PARTITION BY target, day ORDER BY hour) AS urls_today,
  sum(directories) OVER (PARTITION BY target, day ORDER BY hour) AS directories_today,
  sum(ignore_params) OVER (PARTITION BY target, day ORDER BY hour) AS ignore_params_today
FROM (SELECT from_unixtime(__time__ - __time__ % 3600) AS hour, (__time__ + 28800) / 86400 AS day,
  coalesce(regexp_extract(message, '"product": "(\w+)"', 1), 'cdn')
    || coalesce(' ' || regexp_extract(message, '"site_id": "(\d+)"', 1), '') AS target,
  sum(CASE WHEN message LIKE '%"object_type": "File", %' THEN items ELSE 0 END) AS urls,
  sum(CASE WHEN message LIKE '%"object_type": "Directory", %' THEN items ELSE 0 END) AS directories,
  sum(CASE WHEN message LIKE '%"object_type": "IgnoreParams", %' THEN items ELSE 0 END) AS ignore_params
FROM (SELECT __time__, message, cast(regexp_extract(message, '"items": (\d+)', 1) AS bigint) AS items
FROM log WHERE message LIKE '%{"event": "accepted", %') GROUP BY 1, 2, 3) ORDER BY 1 DESC, 2 LIMIT 1000

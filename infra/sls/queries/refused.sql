refused | SELECT coalesce(regexp_extract(message, '"product": "(\w+)"', 1), 'cdn') AS product,
  regexp_extract(message, '"code": "([^"]*)"', 1) AS code,
  regexp_extract(message, '"means": "(\w+)"', 1) AS means, count(1) AS calls
FROM log WHERE message LIKE '%{"event": "refused", %'
GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 100

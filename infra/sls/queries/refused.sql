refused | SELECT regexp_extract(message, '"code": "([^"]*)"', 1) AS code,
  regexp_extract(message, '"means": "(\w+)"', 1) AS means, count(1) AS calls
FROM log WHERE message LIKE '%{"event": "refused", %'
GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 100

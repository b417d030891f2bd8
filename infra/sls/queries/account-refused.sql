account_refused | SELECT coalesce(regexp_extract(message, '"product": "(\w+)"', 1), 'cdn') AS product,
  regexp_extract(message, '"code": "([^"]*)"', 1) AS code,
  regexp_extract(message, '"remedy": "([^"]*)"', 1) AS remedy, count(1) AS invocations
FROM log WHERE message LIKE '%{"event": "account_refused", %'
GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 100

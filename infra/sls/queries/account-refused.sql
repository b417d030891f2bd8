account_refused | SELECT regexp_extract(message, '"code": "([^"]*)"', 1) AS code,
  regexp_extract(message, '"remedy": "([^"]*)"', 1) AS remedy, count(1) AS invocations
FROM log WHERE message LIKE '%{"event": "account_refused", %'
GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 100

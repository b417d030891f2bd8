unaccounted | SELECT regexp_extract(message, '"reason": "([^"]*)"', 1) AS reason, count(1) AS items
FROM log WHERE message LIKE '%{"event": "unaccounted", %'
GROUP BY 1 ORDER BY 2 DESC LIMIT 100

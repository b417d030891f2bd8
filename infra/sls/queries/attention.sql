dead_lettered or unaccounted or unreadable or account_refused or request_refused | SELECT from_unixtime(__time__) AS seen_at,
  functionName AS function_name,
  regexp_extract(message, '\{"event": "(\w+)"', 1) AS event,
  coalesce(regexp_extract(message, '"reason": "([^"]*)"', 1), regexp_extract(message, '"code": "([^"]*)"', 1)) AS reason,
  regexp_extract(message, '"message": "([^"]*)"', 1) AS message_text,
  coalesce(regexp_extract(message, '"urls": \["([^"]*)"', 1), regexp_extract(message, '"url": "([^"]*)"', 1),
    regexp_extract(message, '"remedy": "([^"]*)"', 1), regexp_extract(message, '"payload": "(.*)', 1)) AS what
FROM log WHERE message LIKE '%{"event": "dead_lettered", %' OR message LIKE '%{"event": "unaccounted", %'
  OR message LIKE '%{"event": "unreadable", %' OR message LIKE '%{"event": "account_refused", %'
  OR message LIKE '%{"event": "request_refused", %'
ORDER BY 1 DESC LIMIT 100

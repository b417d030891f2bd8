dead_lettered or unaccounted or unreadable or account_refused or request_refused or unconfirmed or confirmation_unavailable |
SELECT from_unixtime(__time__) AS seen_at, functionName AS function_name, event,
  coalesce(regexp_extract(message, '"reason": "([^"]*)"', 1), regexp_extract(message, '"code": "([^"]*)"', 1)) AS reason,
  regexp_extract(message, '"message": "([^"]*)"', 1) AS message_text,
  coalesce(regexp_extract(message, '"urls": \["([^"]*)"', 1), regexp_extract(message, '"url": "([^"]*)"', 1),
    regexp_extract(message, '"remedy": "([^"]*)"', 1), regexp_extract(message, '"payload": "(.*)', 1)) AS what
FROM (SELECT __time__, functionName, message, regexp_extract(message, '\{"event": "(\w+)"', 1) AS event
FROM log) WHERE event IN ('dead_lettered', 'unaccounted', 'unreadable', 'account_refused', 'request_refused', 'unconfirmed',
  'confirmation_unavailable')
ORDER BY 1 DESC LIMIT 100

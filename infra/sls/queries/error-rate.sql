summary or refused | SELECT refusals, calls FROM (SELECT
  sum(CASE WHEN message LIKE '%{"event": "refused", %'
    AND regexp_extract(message, '"means": "(\w+)"', 1) <> 'day_quota' THEN 1 ELSE 0 END) AS refusals,
  sum(CASE WHEN message LIKE '%{"event": "summary", %'
    THEN cast(regexp_extract(message, '"requests": (\d+)', 1) AS bigint) ELSE 0 END) AS calls
FROM log) WHERE refusals >= 5 AND refusals * 10 > calls

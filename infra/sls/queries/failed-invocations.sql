hasFunctionError: true | SELECT functionName, count(1) AS invocations
FROM log WHERE __topic__ LIKE 'FCRequestMetrics:%'
GROUP BY 1 ORDER BY 2 DESC LIMIT 100

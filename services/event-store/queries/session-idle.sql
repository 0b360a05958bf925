-- The longest stretches of a session without any event.
SELECT began - {start:Int64} AS began, ended - {start:Int64} AS ended
FROM
(
    SELECT
        toUnixTimestamp64Nano(occurred_at) AS ended,
        lagInFrame(ended, 1, ended) OVER
            (ORDER BY position ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS began
    FROM events
    WHERE tenant = {tenant:String} AND stream = {stream:String}
)
WHERE ended - began > {longer_than:Int64}
ORDER BY ended - began DESC
LIMIT {limit:UInt32}

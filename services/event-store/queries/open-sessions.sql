-- How many sessions are open.
SELECT count() AS open
FROM
(
    SELECT session_id
    FROM sessions
    WHERE tenant = {tenant:String}
    GROUP BY session_id
    HAVING max(closed) = 0
)

-- How many sessions lack events, or hold two at one position; src/session-status.ts says the same.
SELECT count() AS gapped
FROM
(
    SELECT session_id
    FROM sessions
    WHERE tenant = {tenant:String}
    GROUP BY session_id
    HAVING sum(gaps) > 0 OR sum(forks) > 0 OR sum(events) != max(last_position) + 1
)

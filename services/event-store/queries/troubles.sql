-- What is held and not as it should be. Which sessions are gapped is said by src/session-status.ts.
SELECT
    (SELECT count() FROM dead_letters) AS dead_letters,
    (SELECT count() FROM forks WHERE tenant = {tenant:String}) AS forks,
    (
        SELECT count()
        FROM
        (
            SELECT session_id
            FROM sessions
            WHERE tenant = {tenant:String}
            GROUP BY session_id
            HAVING sum(gaps) > 0 OR sum(sessions.forks) > 0 OR sum(events) != max(last_position) + 1
        )
    ) AS gapped

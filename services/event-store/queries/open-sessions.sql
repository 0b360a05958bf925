-- How many sessions are open; those of a boot that is lost have failed.
SELECT count() AS open
FROM
(
    SELECT max(s.boot) AS boot
    FROM sessions AS s
    WHERE s.tenant = {tenant:String}
    GROUP BY s.session_id
    HAVING max(s.closed) = 0
)
WHERE boot NOT IN
(
    SELECT e.kind
    FROM events AS e
    WHERE e.tenant = {tenant:String}
        AND startsWith(e.stream, 'control/')
        AND e.type = 'instance.lost'
)

-- Boots that opened sessions which nobody has closed, and how many.
SELECT boot, count() AS open
FROM
(
    SELECT max(s.boot) AS boot
    FROM sessions AS s
    WHERE s.tenant = {tenant:String}
    GROUP BY s.session_id
    HAVING max(s.closed) = 0
)
GROUP BY boot

-- Commands that no response had come for before a position, among the last {limit}; and the last
-- command of all, in any case.
WITH recent AS
(
    SELECT position
    FROM events
    WHERE tenant = {tenant:String} AND stream = {stream:String} AND position < {until:UInt64}
        AND type = 'command.submitted'
    ORDER BY position DESC
    LIMIT {limit:UInt64}
)
SELECT position
FROM recent
WHERE position = (SELECT max(position) FROM recent) OR position NOT IN
(
    SELECT command
    FROM events
    WHERE tenant = {tenant:String} AND stream = {stream:String} AND position < {until:UInt64}
        AND position > (SELECT min(position) FROM recent)
        AND type = 'response.completed'
)
ORDER BY position

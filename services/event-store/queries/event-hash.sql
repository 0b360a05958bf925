-- The hash of the event that is held at a position.
SELECT lower(hex(hash)) AS hash
FROM {events:Identifier}
WHERE stream = {stream:String} AND position = {position:UInt64}
LIMIT 1

-- Certain events of control streams.
SELECT stream, position, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND startsWith(stream, 'control/')
    AND (stream, position) IN {places:Array(Tuple(String, UInt64))}
LIMIT {limit:UInt32}

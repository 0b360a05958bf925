-- Content of certain events: of each piece the first {parts} parts, of each part the first {bytes}.
SELECT stream, position, idx, part, kind, base64Encode(substring(bytes, 1, {bytes:UInt64})) AS bytes
FROM content
WHERE tenant = {tenant:String}
    AND (stream, position) IN {events:Array(Tuple(String, UInt64))}
    AND kind IN {kinds:Array(String)}
    AND part < {parts:UInt32}
ORDER BY stream, position, idx, part

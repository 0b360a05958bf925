-- Parts of content that are held of certain places.
SELECT stream, position, idx, part
FROM content
WHERE (stream, position) IN {places:Array(Tuple(String, UInt64))}

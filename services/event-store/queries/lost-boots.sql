-- What was said of boots that an administrator has given up, oldest first.
SELECT kind AS boot, base64Encode(raw) AS raw
FROM events
WHERE tenant = {tenant:String} AND startsWith(stream, 'control/') AND type = 'instance.lost'
ORDER BY recorded_at, stream, position

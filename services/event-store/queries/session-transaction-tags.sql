-- Responses before a position whose bytes mention a word that begins or ends a transaction, the
-- last one first: candidates, the caller looks at the tags.
SELECT topic, position, base64Encode(e.raw) AS raw
FROM events AS e
WHERE tenant = {tenant:String} AND stream = {stream:String} AND position < {until:UInt64}
    AND type = 'response.completed'
    AND multiSearchAny(e.raw, ['BEGIN', 'TRANSACTION', 'COMMIT', 'END', 'ROLLBACK', 'ABORT'])
ORDER BY position DESC
LIMIT {limit:UInt64}

-- When sessions of an identity were last opened by each of some tokens, keys or certificates: by the
-- bytes of session.opened that have their fingerprint.
SELECT
    proof,
    toUnixTimestamp64Nano(max(opened)) AS last
FROM
(
    SELECT
        e.occurred_at AS opened,
        arrayJoin(arrayFilter(
            i -> position(e.raw, unhex({proof_bytes:Array(String)}[i])) > 0,
            arrayEnumerate({proof_bytes:Array(String)}))) AS proof
    FROM events AS e
    WHERE e.tenant = {tenant:String}
        AND e.identity = {identity:String}
        AND e.position = 0
        AND e.type = 'session.opened'
)
GROUP BY proof

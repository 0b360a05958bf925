-- What sessions can be filtered by: the names that were seen, in order.
SELECT
    arraySort(groupUniqArrayIf({limit:UInt32})(identity, identity != '')) AS identities,
    arraySort(groupUniqArrayIf({limit:UInt32})(target, target != '')) AS targets
FROM sessions
WHERE tenant = {tenant:String}

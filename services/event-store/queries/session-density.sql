-- Events in each of equally long slices of a session; empty slices are left out.
SELECT
    least(intDiv(toUnixTimestamp64Nano(occurred_at) - {start:Int64}, {width:Int64}), {slices:UInt32} - 1) AS slice,
    count() AS events
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String} AND topic = 'data'
GROUP BY slice
ORDER BY slice

-- The position after the last event that had occurred at a time; 0 before the first.
SELECT if(count() = 0, 0, max(position) + 1) AS next
FROM events
WHERE tenant = {tenant:String} AND stream = {stream:String}
    AND occurred_at <= fromUnixTimestamp64Nano({at:Int64}, 'UTC')

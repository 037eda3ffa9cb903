
-- reset: no key is a full bucket. Who sleeps until its tokens are due goes on as it was told. What an operator has
-- ordered stays.
--
-- Input: nothing
-- Output:
--   1 1 if there was a bucket, else 0

local there = stored[1] and 1 or 0
if there == 1 then
  redis.call('UNLINK', KEY)
  orders.from, orders_changed, now = nil, true, called
  if called < ordered_until() then
    save_orders()
    redis.call('PEXPIRE', KEY, int(math.ceil((ordered_until() - called) / 1000)))
  end
end
return there

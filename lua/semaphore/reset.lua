
-- reset: empty holders and queue. The counters and what an operator has ordered stay, and every ticket given so far is
-- void: who shows one with the fence of a lease has lost it; a waiter gets a new ticket and goes on waiting. The first
-- waiters are woken, so that they come back in their order; the others find out when they ask again.
--
-- Input: nothing
-- Output:
--   1 how many held
--   2 how many waited

local s = open()
-- To count them is also the check that these keys are no other's, before anything is written.
local holders, waiters = redis.call('ZCARD', HOLDERS), redis.call('ZCARD', WAITERS)
if redis.call('ZCARD', ALIVE) + holders + waiters == 0 and s.new then
  return { 0, 0 }
end
s.woken = redis.call('ZRANGE', WAITERS, 0, AT_A_TIME - 1)
-- The records go too, however many there are and whatever stands in them: whoever resets may have a broken one.
redis.call('UNLINK', P, HOLDERS, WAITERS, ALIVE)
for name in pairs(s.stored) do
  s.stored[name] = TEXTS[name] and '' or nil
end
s.lost = s.lost + holders
s.used, s.counted, s.queued, s.next, s.settle, s.rule, s.unheard, s.silences, s.slots = 0, 0, 0, 0, 0, 0, -1, '', ''
-- The time counts and not just the last ticket, because data that were restored from older ones do not know of every
-- ticket.
s.ticket = math.max(s.ticket, s.now)
s.void, s.ends = s.ticket, 0
close(s)
return { holders, waiters }

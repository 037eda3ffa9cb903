
-- reset: empty holders and queue. The counters stay, and every ticket given so far is void: who shows one with the
-- fence of a lease has lost it; a waiter is woken, gets a new ticket and goes on waiting.
--
-- Returns { holders, waiters } that there were

local s = open()
local holders = redis.call('ZRANGE', HOLDERS, 0, -1)
local waiters = redis.call('ZRANGE', WAITERS, 0, -1)
-- Also the check that this key is no other's, before anything is written.
if redis.call('ZCARD', ALIVE) + #holders + #waiters == 0 and s.new then
  return { 0, 0 }
end
for _, id in ipairs(holders) do
  -- One that is listed there, too, was given up: its record is the bar. None is read: who resets may have a broken one.
  if not redis.call('ZSCORE', ALIVE, id) then
    redis.call('HDEL', P, id)
  end
end
for _, id in ipairs(waiters) do
  redis.call('HDEL', P, id)
  redis.call('ZREM', ALIVE, id)
  s.woken[#s.woken + 1] = id
end
redis.call('DEL', HOLDERS, WAITERS)
s.used, s.counted, s.settle, s.woke = 0, 0, 0, 0
-- Not just the last ticket: data that were restored from older ones do not know of every ticket.
s.ticket = math.max(s.ticket, s.now)
s.void = s.ticket
close(s)
return { #holders, #waiters }

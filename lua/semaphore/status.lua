
-- status: who holds, and how many wait. It only reads: a user without the right to write can ask.
--
-- Returns { 0 } if there is no such semaphore, else
--   { 1, capacity (the last one asked for), weight in use, waiters, settling time left in µs,
--     and for each holder: id, weight, µs since it was granted, µs until its lease ends, released (1: given back, and
--     kept until its min-hold ends), who }
-- Whom the next caller would find gone is gone here too, although nobody has dropped it yet.

local s = open()
if s.new and redis.call('ZCARD', HOLDERS) == 0 then
  return { 0 }
end

local function is_there(ends)
  return settling(s) or ends > s.now
end

local used, holders = 0, {}
local held = redis.call('ZRANGE', HOLDERS, 0, -1, 'WITHSCORES')
for i = 1, #held, 2 do
  local id, ends = held[i], tonumber(held[i + 1])
  if is_there(ends) then
    local r = read(id) or { weight = 1, lease = 1, since = s.now, who = '' }
    used = used + r.weight
    for _, value in ipairs({ id, r.weight, s.now - r.since, ends - s.now, r.lease == 0 and 1 or 0, r.who }) do
      holders[#holders + 1] = value
    end
  end
end

local waiters = 0
for _, id in ipairs(redis.call('ZRANGE', WAITERS, 0, -1)) do
  if is_there(tonumber(redis.call('ZSCORE', ALIVE, id) or 0)) then
    waiters = waiters + 1
  end
end

local reply = { 1, s.capacity, used, waiters, math.max(0, s.settle - s.now) }
for _, value in ipairs(holders) do
  reply[#reply + 1] = value
end
return reply

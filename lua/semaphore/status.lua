
-- status: who holds, and how many wait. The script only reads: a user without the right to write can ask.
--
-- Input:
--   1 (nothing)
--   2 where to go on ('-inf': at the beginning)
-- Output:
--   1 1 (0, and nothing else: there is no such semaphore)
--   2 capacity (the last one asked for)
--   3 weight in use
--   4 waiters
--   5 for how long a rule of recovery lets nobody new in, µs
--   6 where to go on for more holders ('': these were the last)
--   7 the orders that stand (tell_orders in common_orders.lua)
--   and for each holder six more:
--   1 id
--   2 weight
--   3 time since it was granted, µs
--   4 time until its lease ends, µs
--   5 released (1: given back, and kept until its min-hold ends)
--   6 who
-- Whom the next caller would find gone is gone here too, although nobody has dropped it yet.

local SLICE = 500 -- a server does nothing else meanwhile: many holders are asked for in slices

local s = open()
local count = redis.call('ZCARD', HOLDERS)
if s.new and count == 0 then
  return { 0 }
end

local function is_there(at, span, lease)
  return s.now < s.settle or at > s.now or lease > 0 and spared_until(s, at, span, lease) > s.now
end

local page = redis.call('ZRANGEBYSCORE', HOLDERS, ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, SLICE)
local ids = {}
for i = 1, #page, 2 do
  ids[#ids + 1] = page[i]
end
local texts = #ids > 0 and redis.call('HMGET', P, unpack(ids)) or {}
local gone, holders = 0, {}
for i, id in ipairs(ids) do
  local at = tonumber(page[2 * i])
  local r = texts[i] and parse(texts[i]) or { weight = 1, lease = 1, since = s.now, who = '' }
  if is_there(at, r.lease / 3, r.lease) then
    for _, value in ipairs({ id, r.weight, s.now - r.since, at - s.now, r.lease == 0 and 1 or 0, r.who }) do
      holders[#holders + 1] = value
    end
  else
    gone = gone + r.weight
  end
end

local waiters = redis.call('ZCARD', WAITERS)
local silent = redis.call('ZRANGEBYSCORE', ALIVE, '-inf', int(s.now), 'WITHSCORES', 'LIMIT', 0, SLICE)
for i = 1, #silent, 2 do
  if not is_there(tonumber(silent[i + 1]), WAITER_SILENCE, 1) and redis.call('ZSCORE', WAITERS, silent[i]) then
    waiters = waiters - 1
  end
end

count_holders(s)
local last = #ids == SLICE and page[#page] or ''
if last == ARGV[2] then
  last = '(' .. last -- a whole slice that ends at one moment
end
local reply = { 1, s.capacity, s.used - gone, waiters, math.max(0, s.settle - s.now), last, tell_orders(s) }
for _, value in ipairs(holders) do
  reply[#reply + 1] = value
end
return reply

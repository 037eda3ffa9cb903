
-- status: who holds, who waits, and the counters. The script only reads: a user without the right to write can ask.
--
-- Input:
--   1 (nothing)
--   2 where to go on with the holders ('-inf': at the beginning; '': they are not asked for)
--   3 where to go on with the waiters (the same)
-- Output:
--   1  1 (0, and nothing else: there is no such semaphore)
--   2  capacity (the last one asked for)
--   3  weight in use
--   4  waiters
--   5  for how long a rule of recovery lets nobody new in, µs
--   6  holders
--   7  where to go on for more holders ('': these were the last)
--   8  of each holder, the first to end first: id, weight, time since it was granted, time until its lease ends, µs,
--      released (1: given back, and kept until its min-hold ends), who
--   9  where to go on for more waiters
--   10 of each waiter, in their order: id, weight, time since it joined, µs, who
--   11 the counters, see common_state.lua: granted, waits, waited, held, refused, expired, lost, superseded
--   12 the orders that stand (tell_orders in common_orders.lua)
--   13 at the beginning of the holders: which slots they have, where slots have names, as common_slots.lua writes it
-- Whom the next caller would find gone is gone here too, although nobody has dropped it yet.

local SLICE, LEAST_WAITERS = 200, 20 -- a server does nothing else meanwhile: no script looks at more of them

local s = open()
local holder_count = redis.call('ZCARD', HOLDERS)
if s.new and holder_count == 0 then
  return { 0 }
end

local function is_there(at, span, lease)
  return s.now < s.settle or at > s.now or lease > 0 and spared_until(s, at, span, lease) > s.now
end

-- Some of a list, from a score on: the ids, their scores and records, and where to go on.
local function page(key, from, most)
  local found = from == '' and {}
    or redis.call('ZRANGEBYSCORE', key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, most)
  local ids, scores = {}, {}
  for i = 1, #found, 2 do
    ids[#ids + 1], scores[#scores + 1] = found[i], found[i + 1]
  end
  local last = #ids == most and scores[#scores] or ''
  if last == from then
    last = last == '' and '' or '(' .. last -- a whole page of one score
  end
  return ids, scores, #ids > 0 and redis.call('HMGET', P, unpack(ids)) or {}, last
end

local ids, ends, texts, more_holders = page(HOLDERS, ARGV[2], ARGV[3] == '' and SLICE or SLICE - LEAST_WAITERS)
local seen = #ids
local gone, holders = 0, {}
for i, id in ipairs(ids) do
  local at = tonumber(ends[i])
  local r = texts[i] and parse(texts[i]) or { weight = 1, lease = 1, since = s.now, who = '' }
  if is_there(at, r.lease / 3, r.lease) then
    for _, value in ipairs({ id, r.weight, s.now - r.since, at - s.now, r.lease == 0 and 1 or 0, r.who }) do
      holders[#holders + 1] = value
    end
  else
    gone, holder_count = gone + r.weight, holder_count - 1
  end
end

local waiter_count, silent = redis.call('ZCARD', WAITERS), {}
local late = redis.call('ZRANGEBYSCORE', ALIVE, '-inf', int(s.now), 'WITHSCORES', 'LIMIT', 0, SLICE)
for i = 1, #late, 2 do
  if not is_there(tonumber(late[i + 1]), WAITER_SILENCE, 1) and redis.call('ZSCORE', WAITERS, late[i]) then
    waiter_count, silent[late[i]] = waiter_count - 1, true
  end
end
local waiting, _, records, more_waiters = page(WAITERS, ARGV[3], SLICE - seen)
local waiters = {}
for i, id in ipairs(waiting) do
  local r = not silent[id] and (records[i] and parse(records[i]) or { weight = 1, ticket = s.now, who = '' })
  if r then
    for _, value in ipairs({ id, r.weight, math.max(0, s.now - r.ticket), r.who }) do
      waiters[#waiters + 1] = value
    end
  end
end

count_holders(s)
return {
  1, s.capacity, s.used - gone, waiter_count, math.max(0, s.settle - s.now), holder_count, more_holders, holders,
  more_waiters, waiters, { s.granted, s.waits, s.waited, s.held, s.refused, s.expired, s.lost, s.superseded },
  tell_orders(s), ARGV[2] == '-inf' and s.slots or '',
}

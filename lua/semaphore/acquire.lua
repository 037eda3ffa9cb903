
-- acquire: ask for a slot, keep the place in the queue, confirm a hand-off, or ask for a lost lease back: one path.
--
-- ARGV  1 id  2 ticket shown (0: none yet)  3 fence shown (0: never held)  4 weight  5 capacity  6 lease, µs
--       7 wait (0: leave again if there is no slot now)  8 min-hold left, µs
--       9 absence since the last answer (0: none, 1: cut off, 2: late on a connection that stood, 3: not known to a
--         newcomer)
--       10 who  11 ids by which this process tree may hold the same limiter, with spaces: with a wait without end, a
--       slot that can only come free when one of those ends is refused
-- Returns { state (2 does not, but keeps its place for a brief settling time, 1 holds, 0 does not, -1 barred or void,
--           -2 would wait for itself), ticket, fence, place in the queue, waiters, weight in use,
--           another capacity that is in use (0: none), settling time left in µs,
--           for the first in the queue: until the first lease ends, in µs (0: not known) }

local LIVENESS = 10 * SECOND -- a waiter asks again every 2 s; silent for this long, it has gone
local LATE_DUPLICATE = 60 * SECOND -- a refused question cannot come again later than this

local id, ticket, fence = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local weight, capacity, lease = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local wait, hold, absence, who = ARGV[7] == '1', tonumber(ARGV[8]), ARGV[9], ARGV[10]
local outers = ARGV[11]

local s, r = open(id)
local void = ticket > 0 and ticket <= s.void
if r and r.lease == 0 or void and fence > 0 then
  close(s, true)
  return { -1, ticket, fence, 0, 0, 0, 0, 0, 0 }
elseif void then
  ticket = 0 -- a waiter from before a reset
end
settle_if_away(s, { id = id, ticket = ticket, lease = lease, absence = absence, queued = fence == 0 })
if fence == 0 then
  s.asked = s.now
end
s.fence = math.max(s.fence, fence)
local held = holds(id)
if not r then
  -- Who shows no ticket to a P that was there is not listed anywhere.
  r = { weight = weight, ticket = ticket, fence = fence, since = s.now, known = ticket > 0 or s.new }
  if ticket == 0 then
    r.ticket = math.max(s.ticket + 1, s.now)
    s.ticket = r.ticket
  end
  if held then
    s.counted = -1 -- a holder whose record was lost: its weight was not known
  end
end
r.fence = math.max(r.fence, fence) -- a record from an older state of the data may not know of the grant
r.capacity, r.lease, r.who = capacity, lease, who
r.keep = hold > 0 and s.now + hold or 0
write(id, r) -- the first change: a server without memory refuses it, and would let all pass after one that it allows

if held then
  list(s, HOLDERS, math.max(s.now + lease, r.keep), id)
  promote(s)
else
  held = promote(s, id, r)
end
if not held then
  s.waiters = s.waiters + list(s, WAITERS, rank(r), id)
  list(s, ALIVE, s.now + LIVENESS, id)
end

local place = held and 0 or redis.call('ZRANK', WAITERS, id) + 1
local first_end = place == 1 and tonumber(redis.call('ZRANGE', HOLDERS, 0, 0, 'WITHSCORES')[2]) or 0
local waiters = s.waiters
local others = s.counted + waiters > 1 and s.capacity ~= capacity and s.capacity or 0
s.capacity = capacity
local around = 0 -- the weight that this process tree holds
for outer in string.gmatch(held and '' or outers, '%S+') do
  local record = holds(outer) and read(outer)
  around = around + (record and record.weight or 0)
end
local for_itself = around > 0 and around + weight > capacity
local brief = not held and not wait and settling(s) and s.settle - s.now <= BRIEF
if not held and not wait and not brief or for_itself then
  give_up(s, id, r, math.min(lease, LATE_DUPLICATE), 0)
  promote(s)
end
close(s)
return {
  for_itself and -2 or brief and 2 or held and 1 or 0, r.ticket, r.fence, place, waiters, s.used, others,
  math.max(0, s.settle - s.now), math.max(0, first_end - s.now),
}


-- acquire: ask for a slot, keep the place in the queue, confirm a hand-off, or ask for a lost lease back: one path.
--
-- Input:
--   1  id
--   2  ticket shown (0: none yet)
--   3  fence shown (0: never held)
--   4  weight
--   5  capacity
--   6  lease, µs
--   7  wait (0: leave again if there is no slot now)
--   8  min-hold left, µs
--   9  the longest lease that this caller was told of, µs (0: none)
--   10 alone (1: the server was started for this caller and took nobody's place)
--   11 bar, µs: for how long the id stays barred if it leaves again (0: no question of it can come late)
--   12 tell (1: name a holder)
--   13 who
--   14 ids by which this process tree may hold the same limiter, with spaces: with a wait without end, a slot that can
--      only come free when one of those ends is refused
-- Output:
--   1  1 holds, 0 does not, -1 barred or void, -2 would wait for itself; 2 does not hold, but keeps its place, because
--      a rule of recovery (common_away.lua) is in the way for a moment only
--   2  ticket
--   3  fence
--   4  place in the queue (0: holds)
--   5  waiters
--   6  weight in use
--   7  another capacity that is in use (0: none)
--   8  for how long a rule of recovery is in the way, µs
--   9  which (0 none, 1 another life, 2 young, 3 a lease is spared; 4 a pause is, which is no rule of recovery)
--   10 for the first three in the queue: how long until something ends that it waits for, µs (0: not known)
--   11 after how long to ask again, µs
--   12 the longest lease of those who hold or wait, µs
--   and to one that has no slot and asked to be told:
--   13 for how long the one has held that has done so longest, µs (-1: nobody holds)
--   14 who that is; of more than SOME holders, the longest of those whose leases end first
--   15 how long the wait will last, µs (0: not known): an estimate
--   or to one that has no slot, where orders stand; then the three are there too
--   16 the orders (tell_orders in common_orders.lua)

local SOME = 16 -- so many holders are looked at to name one

local id, ticket, fence = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local weight, capacity, lease = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local wait, hold, longest_known, alone = ARGV[7] == '1', tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1'
local bar, tell, who, outers = tonumber(ARGV[11]), ARGV[12] == '1', ARGV[13], ARGV[14]

local s, r = open()
local new = not r
local void = ticket > 0 and ticket <= s.void
local barred = r and r.lease == 0 or void and fence > 0
hear(s, (barred or void) and 0 or ticket, math.max(lease, longest_known), alone)
if barred then
  close(s)
  return { -1, ticket, fence, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
elseif void then
  ticket = 0 -- a waiter from before a reset
end
s.fence = math.max(s.fence, fence)
local held = holds(id)
if not r then
  -- A caller that shows no ticket, to a P that was there, is not listed anywhere.
  r = { weight = weight, ticket = ticket, fence = fence, since = s.now, life = 0, known = ticket > 0 or s.new }
  if ticket == 0 then
    r.ticket = math.max(s.ticket + 1, s.now)
    s.ticket = r.ticket
  end
end
r.fence = math.max(r.fence, fence) -- a record from an older state of the data may not know of the grant
r.capacity, r.lease, r.who = capacity, lease, who
r.keep = hold > 0 and s.now + hold or 0
if held then
  if r.life == 0 and fence == 0 and not new then
    count_grant(s, r, r.since) -- a hand-off that the waiter takes now
  end
  has_spoken(s, r)
end
if fence > 0 or held then
  need_no_memory(s) -- a lease that is asked for back, or a slot that was handed over, must not end for want of memory
end
write(id, r) -- the first change: a server without memory refuses it, and would let all pass after one that it allows

if held then
  list(s, HOLDERS, math.max(s.now + lease, r.keep), id)
  if new then
    count_holders(s)
    s.used = s.used + weight - 1 -- its record was lost with P, and it was counted as 1
  end
  promote(s)
else
  held = promote(s, id, r)
  if held and fence == 0 then
    count_grant(s, r, s.now)
  end
end
local place = held and 0 or redis.call('ZCOUNT', WAITERS, '-inf', '(' .. int(rank(r))) + 1
local span = held and 0 or poll_span(place, s.used, s.hold)
local rule, till = 0, 0
if s.now < s.settle then
  rule, till = s.rule, s.settle
elseif s.now < s.spared_until then
  rule, till = SPARED, s.spared_until
end
if fence == 0 and till < s.paused_until then
  rule, till = PAUSED, s.paused_until
end
local around = 0 -- the weight that this process tree holds
for outer in string.gmatch(held and '' or outers, '%S+') do
  local its = holds(outer) and read(outer)
  around = around + (its and its.weight or 0)
end
local for_itself = around > 0 and around + weight > capacity
local not_yet = not held and not wait
  and (rule == YOUNG or rule == SPARED and place <= s.spared and till - s.now <= SPARE)
local leaves = for_itself or not held and not wait and not not_yet
if not held and not leaves then
  s.queued = s.queued + list(s, WAITERS, rank(r), id)
  list(s, ALIVE, s.now + math.max(kept_for(span), r.fence > 0 and lease or 0), id) -- see grace()
end
if s.counted + s.queued == 1 and rule == 0 and not leaves then
  s.longest = lease
end
local is_told = not held and place <= FIRST
-- A lease may end while another is spared. Whoever asks then ends the silence, so that this one is not spared too.
local next_end = is_told and (rule == 0 or rule == SPARED)
  and tonumber(redis.call('ZRANGEBYSCORE', HOLDERS, '(' .. int(s.now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]) or 0
if s.most < capacity and (next_end == 0 or s.order.limit.till < next_end) then
  next_end = s.order.limit.till
end
local changes = next_end == 0 and till or till == 0 and next_end or math.min(till, next_end)
local others = s.counted + s.queued > (leaves and 0 or 1) and s.capacity ~= capacity and s.capacity or 0
s.capacity = capacity
local answer = {
  for_itself and -2 or not_yet and 2 or held and 1 or 0, r.ticket, r.fence, place,
  s.queued + (leaves and not r.known and 1 or 0), s.used, others,
  math.max(0, till - s.now), rule, is_told and math.max(0, changes - s.now) or 0, span,
  s.longest,
}
if tell and not held then
  local some = redis.call('ZRANGE', HOLDERS, 0, SOME - 1)
  local oldest
  for _, text in ipairs(#some > 0 and redis.call('HMGET', P, unpack(some)) or {}) do
    local its = text and parse(text)
    if its and (not oldest or its.since < oldest.since) then
      oldest = its
    end
  end
  answer[13], answer[14] = oldest and s.now - oldest.since or -1, oldest and oldest.who or ''
  answer[15] = math.floor(place * mean_hold(s) / capacity)
end
if leaves and fence > 0 then
  s.lost = s.lost + 1
elseif leaves then
  s.refused = s.refused + 1
end
if not held and next(s.order) then
  answer[13], answer[14], answer[15] = answer[13] or -1, answer[14] or '', answer[15] or 0
  answer[16] = tell_orders(s)
end
if leaves then
  give_up(s, id, r, bar, 0)
  promote(s)
end
close(s)
return answer

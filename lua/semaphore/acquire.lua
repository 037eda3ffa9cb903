
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
--   15 what else it asks for (read_policies in common_policies.lua); left out: nothing
-- Output:
--   1  1 holds, 0 does not, -1 barred or void, -2 would wait for itself, -3 superseded, -4 too many wait, -5 the slots
--      have names or have none; 2 does not hold, but keeps its place, because a rule of recovery (common_away.lua) is
--      in the way for a moment only
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
--   or to one that is superseded: 0, by whom, 0
--   or to one that has no slot, where orders stand; then the three are there too
--   16 the orders (tell_orders in common_orders.lua)
--   or to one that holds and asked for slots with names: -1, '', 0, the orders, and then
--   17 the names of those that it has

local SOME = 16 -- so many holders are looked at to name one

local id, ticket, fence = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local weight, capacity, lease = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local wait, hold, longest_known, alone = ARGV[7] == '1', tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1'
local bar, tell, who, outers = tonumber(ARGV[11]), ARGV[12] == '1', ARGV[13], ARGV[14]
local policies = read_policies(ARGV[15] or '')

-- A caller is sent away by a newer one, whether it waits or the data do not know of it.
local function send_away_asker(s, r)
  s.superseded = s.superseded + (r and 1 or 0) -- else it was sent away before, and counted
  give_up(s, id, r or unknown(), bar, 0)
  promote(s)
end

-- Whether slots have names where the asker's shall have none, or the other way round. Both kinds of callers may use one
-- limiter in turn: once nobody uses it, the next one decides.
local function is_of_other_kind(s)
  if (s.slots ~= '') == (policies.slots ~= nil) then
    return false
  end
  promote(s)
  if s.counted + s.queued > 0 then
    return true
  end
  s.slots = policies.slots and ';' or ''
  return false
end

local function new_record(s)
  -- A caller that shows no ticket, to a P that was there, is not listed anywhere.
  local r = { weight = weight, ticket = ticket, fence = fence, since = s.now, life = 0, known = ticket > 0 or s.new }
  if ticket == 0 then
    r.ticket = math.max(s.ticket + 1, s.now)
    s.ticket = r.ticket
  end
  return r
end

-- The record says from here on what this question says.
local function bring_up_to_date(s, r)
  r.fence = math.max(r.fence, fence) -- a record from an older state of the data may not know of the grant
  r.capacity, r.lease, r.who, r.head_start = capacity, lease, who, policies.head_start
  r.keep = hold > 0 and s.now + hold or 0
end

-- Notes whom this caller sends away, who came before it.
local function supersede(s, r, arrives)
  if arrives then
    s.newest = int(r.ticket) .. ' ' .. who
  end
  -- In a pause nobody is stopped, because nobody could take the slot: the first question after it does so.
  if policies.supersede > 1 and wait and fence == 0 and r.ticket == newest(s) and s.now >= s.paused_until then
    s.void = math.max(s.void, r.ticket - 1)
  end
end

-- A lease that is there is renewed. `is_new`: its record was lost with P, and the holder was counted as 1.
local function renew_held(s, r, is_new)
  list(s, HOLDERS, math.max(s.now + lease, r.keep), id)
  if is_new then
    count_holders(s)
    s.used = s.used + weight - 1
  end
  promote(s)
end

-- Callers with other lists have the names that this holder could have, or the next holder those that it had.
local function take_slot_back(s, r)
  remove_holder(s, id, r)
  r.fence, r.life = fence, 0
  write(id, r)
end

-- The rule of recovery, or the pause, that keeps the asker out, and until when.
local function in_the_way(s)
  local rule, till = 0, 0
  if s.now < s.settle then
    rule, till = s.rule, s.settle
  elseif s.now < s.spared_until then
    rule, till = SPARED, s.spared_until
  end
  if fence == 0 and till < s.paused_until then
    rule, till = PAUSED, s.paused_until
  end
  return rule, till
end

-- Whether this process tree holds so much that the slot can only come free when one of its commands ends.
local function waits_for_itself()
  local around = 0
  for outer in string.gmatch(outers, '%S+') do
    local its = holds(outer) and read(outer)
    around = around + (its and its.weight or 0)
  end
  return around > 0 and around + weight > capacity
end

-- How long until something ends that one of the first waiters waits for; 0: not known. A lease may end while another is
-- spared. Whoever asks then ends the silence, so that this one is not spared too.
local function next_change(s, rule, till)
  local at = (rule == 0 or rule == SPARED)
    and tonumber(redis.call('ZRANGEBYSCORE', HOLDERS, '(' .. int(s.now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]) or 0
  if s.most < capacity and (at == 0 or s.order.limit.till < at) then
    at = s.order.limit.till
  end
  at = at == 0 and till or till == 0 and at or math.min(till, at)
  return math.max(0, at - s.now)
end

-- The one that has held longest of SOME holders, those whose leases end first.
local function oldest_holder()
  local some = redis.call('ZRANGE', HOLDERS, 0, SOME - 1)
  local oldest
  for _, text in ipairs(#some > 0 and redis.call('HMGET', P, unpack(some)) or {}) do
    local its = text and parse(text)
    if its and (not oldest or its.since < oldest.since) then
      oldest = its
    end
  end
  return oldest
end

-- Each answer has twelve values; others follow for those who asked, or for whom orders stand.
local function tell_more(s, answer, held, slots, rule)
  local oldest = tell and not held and oldest_holder()
  if not (tell and not held) and not slots and (held or not next(s.order)) then
    return
  end
  answer[13], answer[14] = oldest and s.now - oldest.since or -1, oldest and oldest.who or ''
  answer[15] = (slots or not tell or rule == PAUSED) and 0
    or math.floor(answer[4] * mean_hold(s) / math.min(capacity, s.most))
  if slots or next(s.order) then
    answer[16], answer[17] = tell_orders(s), slots
  end
end

local s, r = open()
local new = not r
local void = ticket > 0 and ticket <= s.void
local barred = r and r.lease == 0 or void and fence > 0
local held = holds(id)
local newest_ticket, newest_who = newest(s)
local shown = r and r.ticket or ticket
-- A slot that was handed to it and that it has not taken is taken from it only where holders are stopped too.
local superseded = not barred and fence == 0 and shown > 0 and shown < newest_ticket
  and (not held or r and r.life == 0 and shown <= s.void)
-- A caller that was sent away asks again if the answer that told it was lost, and a holder for its lease.
local was_sent_away = barred and (fence == 0 or void) and ticket > 0 and ticket < newest_ticket
hear(s, (barred or void) and 0 or ticket, math.max(lease, longest_known), alone)
if superseded or was_sent_away then
  if superseded then
    send_away_asker(s, r)
  end
  close(s)
  return { -3, math.max(shown, ticket), 0, 0, s.queued, s.used, 0, 0, 0, 0, 0, s.longest, 0, newest_who, 0 }
elseif barred then
  close(s)
  return { -1, ticket, fence, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
elseif void then
  ticket = 0 -- a waiter from before a reset
end
s.fence = math.max(s.fence, fence)
local arrives = not r and ticket == 0
if fence == 0 and not r and is_of_other_kind(s) then
  close(s)
  return { -5, ticket, fence, 0, s.queued, s.used, 0, 0, 0, 0, 0, s.longest }
end
r = r or new_record(s)
bring_up_to_date(s, r)
local takes = held and r.life == 0 and fence == 0 and not new -- a hand-off
if held then
  has_spoken(s, r)
end
if fence > 0 or held then
  need_no_memory(s) -- a lease that is asked for back, or a slot that was handed over, must not end for want of memory
end
write(id, r) -- the first change: a server without memory refuses it, and would let all pass after one that it allows
local supersedes = arrives and wait and policies.supersede > 0 and policies.most_waiters > 0
supersede(s, r, supersedes)

local granted = not held and promote(s, id, r)
if held then
  renew_held(s, r, new)
end
held = held or granted
local slots = held and policies.slots and slots_of(s, id, policies.slots, weight, policies.shown_slots) or nil
if held and policies.slots and not slots then
  take_slot_back(s, r)
  held, granted, takes = false, false, false
end
if takes or granted and fence == 0 then
  count_grant(s, r, r.since)
end

local place = held and 0 or redis.call('ZCOUNT', WAITERS, '-inf', '(' .. int(rank(r))) + 1
local span = held and 0 or poll_span(place, s.used, s.hold)
local rule, till = in_the_way(s)
local for_itself = not held and waits_for_itself()
local not_yet = not held and not wait
  and (rule == YOUNG or rule == SPARED and place <= s.spared and till - s.now <= SPARE)
-- The waiters that a newcomer sends away do not count against it: where they are many, some are still listed.
local full = not held and arrives and wait and not supersedes and s.queued >= policies.most_waiters
local leaves = for_itself or full or not held and not wait and not not_yet
if not held and not leaves then
  s.queued = s.queued + list(s, WAITERS, rank(r), id)
  list(s, ALIVE, s.now + math.max(kept_for(span), r.fence > 0 and lease or 0), id) -- see time_to_confirm()
end
if s.counted + s.queued == 1 and rule == 0 and not leaves then
  s.longest = lease
end
local others = s.counted + s.queued > (leaves and 0 or 1) and s.capacity ~= capacity and s.capacity or 0
s.capacity = capacity

local answer = {
  for_itself and -2 or full and -4 or not_yet and 2 or held and 1 or 0, r.ticket, r.fence, place,
  s.queued + (leaves and not r.known and 1 or 0), s.used, others,
  math.max(0, till - s.now), rule, not held and place <= FIRST and next_change(s, rule, till) or 0, span,
  s.longest,
}
tell_more(s, answer, held, slots, rule)
if leaves and fence > 0 then
  s.lost = s.lost + 1
elseif leaves then
  s.refused = s.refused + 1
end
if leaves then
  give_up(s, id, r, bar, 0)
  promote(s)
end
close(s)
return answer

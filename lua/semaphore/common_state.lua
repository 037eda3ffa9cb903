
-- Shared by the rare cases of every semaphore script: the state, the records, the lists, and who is let in.
-- luacheck: push ignore 211 (a script uses a part of this)

-- seen      the last script that wrote
-- run       the first digits of the run_id of the server process that answered it
-- offset    what the limiter's clock is ahead of the server's
-- next      nothing that holds or waits ends before this; 0: nothing does
-- settle    until then a rule of recovery lets nobody new in; `rule` tells which (common_away.lua)
-- queued    how many wait
-- used      the weight that is held, computed for `counted` holders: a cache
-- ticket    the last one given
-- fence     the last one given
-- capacity  the last one asked for
-- ends      when the server's bare clock comes to this, whole ms, all keys are gone
-- longest   the longest lease of those who hold or wait
-- born      when this life of the data began
-- void      a reset took back all tickets up to this
-- hold      the shortest time that a slot was held for; -1: this server lets no script wake a waiter
-- barred    1: an id was barred, and may be still
-- special   1: an order stands (common_orders.lua), slots have names, or somebody was superseded: a question for a slot
--           is no short case
-- The rest is of the rare cases alone:
-- settled   1: this life has had its settling; 2: its youth was made longer (common_away.lua)
-- unheard   how many of the holders that this life began with have not spoken in it; -1: it began with none
-- silences  the last ones that may spare somebody, each as two times and a semicolon
-- limit, pause  what an operator has ordered
-- slots     see common_slots.lua
-- newest    the ticket of the last caller that sent away those who came before, and who that is
-- Counters, which only grow, for status and for the estimate of a wait. They decide nothing:
-- granted   slots that were taken by who had none; a lease that is asked for back is no new one
-- waits     how many of these had to wait, and
-- waited    how long in all
-- held      for how long those slots were held that have been given back or whose lease has ended
-- refused   callers that left again without a slot
-- expired   leases that ended before they were given back
-- lost      leases that a reset took away, or that were asked for back in vain
-- superseded  waiters and holders that a newer caller sent away
local FIELDS = {
  'seen', 'run', 'offset', 'next', 'settle', 'queued', 'used', 'counted', 'ticket', 'fence', 'capacity', 'ends',
  'longest', 'born', 'void', 'hold', 'barred', 'special', 'rule', 'settled', 'unheard', 'silences', 'limit', 'pause',
  'slots', 'newest', 'granted', 'waits', 'waited', 'held', 'refused', 'expired', 'lost', 'superseded',
}
-- The others are numbers.
local TEXTS = { run = true, silences = true, limit = true, pause = true, slots = true, newest = true }

local KEPT_IDLE, KEPT_AFTER_RESET = HOUR, 24 * HOUR -- P outlives all that is listed: see close()
local TTL_STEP = 10 * MINUTE -- the expiry of the keys is moved once in this time, and not by every script
local AT_A_TIME = 100 -- of those that have ended: no script may take longer the more there are

-- A record: weight capacity lease keep ticket fence since life who. A lease of 0: the id was given up for good. `life`
-- is the `born` of the life of the data in which a holder last spoke, 0 as long as it has not taken its slot. A record
-- that cannot be read counts as none.
local function parse(text)
  local weight, capacity, lease, keep, ticket, fence, since, life, who =
    string.match(text, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (.*)$')
  return weight and {
    weight = tonumber(weight), capacity = tonumber(capacity), lease = tonumber(lease), keep = tonumber(keep),
    ticket = tonumber(ticket), fence = tonumber(fence), since = tonumber(since), life = tonumber(life), who = who,
    known = true,
  }
end

local function read(id)
  local text = redis.call('HGET', P, id)
  return text and parse(text)
end

-- The record of an id that is given up before it was known.
local function unknown()
  return { weight = 1, capacity = 0, lease = 0, keep = 0, ticket = 0, fence = 0, since = 0, life = 0, who = '' }
end

local function write(id, r)
  redis.call('HSET', P, id, string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f %.0f ', r.weight, r.capacity, r.lease,
    r.keep, r.ticket, r.fence, r.since, r.life) .. r.who)
end

-- The fields of P by name, and the record of the id that asks.
local function open()
  local values = redis.call('HMGET', P, ARGV[1] or '', unpack(FIELDS))
  local s = { stored = {}, listed = {}, latest = 0, woken = {}, spared = 0, spared_until = 0 }
  for i, name in ipairs(FIELDS) do
    local value = values[i + 1]
    s[name] = TEXTS[name] and (value or '') or tonumber(value or 0) or 0
    s.stored[name] = s[name]
  end
  s.set_back = server + s.offset < s.seen -- the clock, or another server's is behind
  s.offset = math.max(s.offset, s.seen - server)
  s.now = server + s.offset
  read_orders(s)
  s.new = not values[2]
  if s.new then
    -- The other keys may be left. One of another type fails here, before P is written and has no TTL yet.
    for i = 2, #KEYS do
      local last = tonumber(redis.call('ZRANGE', KEYS[i], -1, -1, 'WITHSCORES')[2]) or 0
      s.latest = math.max(s.latest, KEYS[i] == WAITERS and 0 or last)
    end
    s.next = s.now
  end
  return s, values[1] and parse(values[1])
end

-- Puts an id on one of the lists; a score is a time, but for a ticket. Returns 1 if it was not there.
local function list(s, key, score, id)
  s.listed[key] = true
  if key ~= WAITERS then
    s.latest = math.max(s.latest, score)
    s.next = s.next == 0 and score or math.min(s.next, score)
  end
  return redis.call('ZADD', key, int(score), id)
end

-- A server without memory refuses a script whose first change may need some, and lets all others pass. A renewal and a
-- release must pass: a lease that is not renewed would be given to somebody else beside its holder as soon as there is
-- memory again.
local function need_no_memory(s)
  redis.call('PEXPIREAT', P, int(math.ceil(math.max(s.ends, s.now + MINUTE) / 1000)))
end

-- The last holder, where others wait, leaves the list when the next one has come on it: a list without entries is no
-- key, and while a cluster is about to move its slot a script may not make one, but would fail half-way.
local function take_off(s)
  if s.leaves then
    redis.call('ZREM', HOLDERS, s.leaves)
    s.leaves = nil
  end
end

-- All keys end at one moment, when everything that is listed has ended: a record never outlives the entry that will
-- delete it. P stays for an hour after that, so that fences grow although the server's clock is set back by less; the
-- next P begins at the server's own clock, which has come to `ends`. After a reset it stays for a day, the longest
-- lease: whoever held one must still be told that it is void. And it stays as long as an order.
local function close(s)
  take_off(s)
  s.seen = s.now
  s.special = (next(s.order) or s.slots ~= '' or s.newest ~= '') and 1 or 0
  local least = math.max(s.now + KEPT_IDLE, s.latest + MINUTE, s.void > 0 and s.void + KEPT_AFTER_RESET or 0,
    s.ordered_until)
  local all = s.ends < least
  if all then
    s.ends = math.ceil((least + TTL_STEP) / 1000) * 1000
  end
  local fields = { 'seen', int(s.seen) }
  for _, name in ipairs(FIELDS) do
    local value = s[name]
    if value ~= s.stored[name] and name ~= 'seen' then
      fields[#fields + 1] = name
      fields[#fields + 1] = type(value) == 'number' and int(value) or value
    end
  end
  redis.call('HSET', P, unpack(fields))
  local ends_ms = int(math.ceil(s.ends / 1000))
  for _, key in ipairs(KEYS) do
    if all or s.listed[key] then
      redis.call('PEXPIREAT', key, ends_ms)
    end
  end
  if all and not ALIVE then -- renew is not given these two; a server that refuses them leaves a few records behind
    redis.pcall('PEXPIREAT', P .. ':waiters', ends_ms)
    redis.pcall('PEXPIREAT', P .. ':alive', ends_ms)
  end
  -- The wake-ups come last, because their key is not declared: a server that refuses it has done all the rest by now,
  -- and the waiter asks again by itself.
  for _, id in ipairs(s.woken) do
    local wake = P .. ':wake:' .. id
    local woken = redis.pcall('RPUSH', wake, '1')
    -- A cluster that is about to move the slot refuses a new key for so long only.
    if s.hold >= 0 and type(woken) == 'table' and not string.find(woken.err, 'non local key', 1, true) then
      redis.call('HSET', P, 'hold', -1)
    end
    redis.pcall('PEXPIRE', wake, WAKE_TTL_MS)
  end
end

local function holds(id)
  return redis.call('ZSCORE', HOLDERS, id) ~= false
end

-- `used` is a cache: it holds only for the number of holders it was computed for. Where P was lost, and the records
-- with it, each holder counts as 1 until it has spoken. Anything else that does not fit was done by hand, and costs a
-- walk.
local function count_holders(s)
  local count = redis.call('ZCARD', HOLDERS) - (s.leaves and 1 or 0)
  if count ~= s.counted then
    s.used = count
    for _, id in ipairs(s.new and {} or redis.call('ZRANGE', HOLDERS, 0, -1)) do
      local r = read(id)
      s.used = s.used + (r and r.weight or 1) - 1
    end
    s.counted = count
  end
end

-- Removes a holder, and returns whether the id was one. A holder that a life began with and that had not spoken yet is
-- not waited for any more.
local function remove_holder(s, id, r)
  if id == s.leaves then
    return false
  elseif s.counted == 1 and s.queued > 0 and holds(id) then
    s.leaves = id
  elseif redis.call('ZREM', HOLDERS, id) == 0 then
    return false
  end
  s.used = s.used - (r and r.weight or 1)
  s.counted = s.counted - 1
  if s.unheard > 0 and (not r or r.life ~= s.born) then
    s.unheard = s.unheard - 1
  end
  return true
end

-- The first ids of a list that have ended, with when, and their records.
local function ended(s, key)
  local found = redis.call('ZRANGEBYSCORE', key, '-inf', int(s.now), 'WITHSCORES', 'LIMIT', 0, AT_A_TIME)
  local ids = {}
  for i = 1, #found, 2 do
    ids[#ids + 1] = found[i]
  end
  local texts = #ids > 0 and redis.call('HMGET', P, unpack(ids)) or {}
  local all = {}
  for i, id in ipairs(ids) do
    all[i] = { id = id, at = tonumber(found[2 * i]), r = texts[i] and parse(texts[i]) }
  end
  return all
end

local function first_end(key)
  return tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
end

-- Drops the holders whose lease has ended, the waiters that have gone and the bars that are over, but for those whom a
-- silence spares (common_away.lua), and not while the server waits for those of an earlier life. The asker is here.
local function drop_ended(s, asker)
  if s.next == 0 or s.now < s.next or s.now < s.settle then
    return
  end
  for _, one in ipairs(ended(s, HOLDERS)) do
    local lease = one.r and one.r.lease or 0
    local is_taken = one.r and one.r.life > 0 -- else it is a waiter's that has not confirmed it, and asks as one
    local span, of = is_taken and lease / 3 or WAITER_SILENCE, is_taken and lease or 0
    local till = lease > 0 and spared_until(s, one.at, span, of) or 0
    if till > s.now then
      s.spared = s.spared + 1
      s.spared_until = math.max(s.spared_until, till)
    else
      if is_taken then
        s.expired = s.expired + (lease > 0 and 1 or 0)
        count_hold(s, one.r, one.at)
      end
      remove_holder(s, one.id, one.r)
      if lease > 0 or not redis.call('ZSCORE', ALIVE, one.id) then
        redis.call('HDEL', P, one.id)
      end
    end
  end
  for _, one in ipairs(ended(s, ALIVE)) do
    local waits = one.r and one.r.lease > 0
    local till = waits and spared_until(s, one.at, WAITER_SILENCE, 0) or 0
    if one.id ~= asker and till <= s.now then
      redis.call('ZREM', ALIVE, one.id)
      redis.call('ZREM', WAITERS, one.id)
      if waits or one.id == s.leaves or not holds(one.id) then
        redis.call('HDEL', P, one.id)
      end
    end
  end
  local holder, waiter = first_end(HOLDERS), first_end(ALIVE)
  s.next = math.min(holder or waiter or 0, waiter or holder or 0)
  s.barred = waiter and s.barred or 0
end

-- A holder that asks for its lease back keeps the fence that its command was given. The lease ends no
-- earlier than `keep`.
local function grant(s, id, r, lease, keep)
  if r.fence == 0 then
    r.fence = math.max(s.fence + 1, s.now)
  end
  s.fence = math.max(s.fence, r.fence)
  r.since = s.now
  write(id, r)
  list(s, HOLDERS, math.max(s.now + lease, keep), id)
  s.used = s.used + r.weight
  s.counted = s.counted + 1
  s.leaves = s.leaves ~= id and s.leaves or nil
  take_off(s)
end

-- How much may be in use once it holds, or nothing while it may not be let in. A holder that asks for its lease back is
-- not new: no order takes a slot from it.
local function room_for(s, r)
  if r.fence > 0 then
    return r.capacity
  end
  return s.now >= s.settle and s.now >= s.paused_until and math.min(r.capacity, s.most) or 0
end

-- A holder that asks for its lease back stands before all.
local function rank(r)
  return r.fence > 0 and 0 or math.max(1, r.ticket - (r.head_start or 0))
end

-- The first in the queue, where `asker`, with its `record`, stands by its rank, listed or not yet.
local function first_waiter(s, asker, record)
  local first = s.queued > 0 and redis.call('ZRANGE', WAITERS, 0, 0, 'WITHSCORES') or {}
  local id, score = first[1], tonumber(first[2])
  if record and (not id or rank(record) < score or rank(record) == score and asker < id) then
    return asker
  end
  return id
end

-- How long a slot that is handed to `r` waits for it to confirm. A holder that asks for its lease back runs its command
-- all the while, whether it can ask just now or not, and is waited for until one lease after its last question.
local function time_to_confirm(s, id, r)
  local kept_until = tonumber(redis.call('ZSCORE', ALIVE, id)) or 0
  if r.fence > 0 then
    return math.max(CONFIRM_LEAST, kept_until - s.now)
  end
  return math.max(CONFIRM_LEAST, math.min(CONFIRM, kept_until - KEPT_LEAST + CONFIRM - s.now))
end

-- Takes a waiter of the record `r`, or none, off the queue and grants it a slot. The asker is here and gets its whole
-- lease; anyone else gets the grace to confirm, and is woken.
local function let_in(s, id, r, is_asker)
  local lease = r and (is_asker and r.lease or math.min(time_to_confirm(s, id, r), r.lease))
  if not r or r.known then
    s.queued = s.queued - redis.call('ZREM', WAITERS, id)
    redis.call('ZREM', ALIVE, id)
  end
  if r then
    r.life = is_asker and s.born or 0
    grant(s, id, r, lease, is_asker and r.keep or 0)
    s.woken[#s.woken + 1] = not is_asker and id or nil
  end
end

-- Drops who has gone, then gives free slots to the first waiters, in order, as far as they fit, and to so many at most
-- that the script stays short: the others' turn comes with the next question, which `next` keeps from being a short
-- case. `record` is that of the `asker`. Returns whether the asker was granted a slot.
local function promote(s, asker, record)
  local granted = false
  count_holders(s)
  drop_ended(s, asker)
  s.queued = redis.call('ZCARD', WAITERS)
  for _ = 1, AT_A_TIME do
    local id = first_waiter(s, asker, not granted and record)
    local r = id and (id == asker and record or read(id))
    if not id then
      return granted
    elseif r and id ~= asker and is_superseded(s, r) then
      send_away(s, id)
    elseif r and s.used + r.weight > room_for(s, r) then
      return granted
    else
      let_in(s, id, r, id == asker)
      granted = granted or id == asker
    end
  end
  s.next = s.now
  return granted
end

-- Gives up slot or place for good. With `keep` in the future the slot stays taken until then. With `bar` the id is
-- barred for so long, because a late duplicate of one of its questions must not bring it back.
local function give_up(s, id, r, bar, keep)
  local kept = keep > s.now and holds(id)
  if kept then
    list(s, HOLDERS, keep, id)
  elseif remove_holder(s, id, r) then
    count_hold(s, r, s.now)
  else
    s.queued = s.queued - redis.call('ZREM', WAITERS, id)
  end
  redis.call('ZREM', ALIVE, id)
  r.lease = 0
  if kept or bar > 0 then
    write(id, r)
  else
    redis.call('HDEL', P, id)
  end
  if bar > 0 then
    s.barred = 1
    list(s, ALIVE, s.now + bar, id)
  end
end
-- luacheck: pop

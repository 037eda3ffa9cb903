-- Shared by every semaphore script: each runs as this text, common_settling.lua and its own file, joined.
--
-- KEYS[1]  P          HASH  the counters below, and one record per id
-- KEYS[2]  P:holders  ZSET  id -> when its lease ends
-- KEYS[3]  P:waiters  ZSET  id -> ticket (0 for a holder that asks for its lease back: it stands before all)
-- KEYS[4]  P:alive    ZSET  id -> when it is forgotten: a silent waiter, or the bar on an id that was given up
--
-- Times are whole µs on the limiter's own clock: the server's TIME plus `offset`, which grows whenever the server's
-- clock is stepped back, so that no lease, liveness or settling time is ever stretched by a step.
-- Numbers are written with int(): tostring and .. keep 14 digits only, a time in µs has 16.
-- luacheck: push ignore 211 (a script uses a part of this)

local P, HOLDERS, WAITERS, ALIVE = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local SECOND = 1000000
local GRACE = 5 * SECOND -- how long a handed-off slot waits for its new holder to confirm
local WAKE_TTL_MS = 10000 -- a wake-up is of no use after the waiter has asked again
local MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND

local function int(n)
  return string.format('%.0f', n)
end

-- The counters: fence and ticket (the last ones given), seen (the last script), asked (the last question for a first
-- grant), offset, born (when P was made), ends (when the server's bare clock comes to this, all keys are gone), settle
-- (until when a server that was away settles), woke (when the last long silence ended), used (weight held, computed for
-- `counted` holders), capacity (the last one asked for), void (a reset took back all tickets up to this).
local COUNTERS = {
  'fence', 'ticket', 'seen', 'asked', 'offset', 'born', 'ends', 'settle', 'woke', 'used', 'counted', 'capacity', 'void',
}

-- A record: weight capacity lease keep ticket fence since who. A lease of 0 is the bar: the id was given up for good.
-- One that cannot be read counts as none.
local function parse(text)
  local weight, capacity, lease, keep, ticket, fence, since, who =
    string.match(text, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (.*)$')
  return weight and {
    weight = tonumber(weight), capacity = tonumber(capacity), lease = tonumber(lease), keep = tonumber(keep),
    ticket = tonumber(ticket), fence = tonumber(fence), since = tonumber(since), who = who, known = true,
  }
end

local function read(id)
  local text = redis.call('HGET', P, id)
  return text and parse(text)
end

-- Of an id that is given up before it was known.
local function unknown()
  return { weight = 1, capacity = 0, lease = 0, keep = 0, ticket = 0, fence = 0, since = 0, who = '' }
end

local function write(id, r)
  redis.call('HSET', P, id, string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f ', r.weight, r.capacity, r.lease, r.keep,
    r.ticket, r.fence, r.since) .. r.who)
end

-- With an id also its record.
local function open(id)
  local time = redis.call('TIME')
  local server = time[1] * SECOND + time[2]
  local values = redis.call('HMGET', P, id or 'born', unpack(COUNTERS))
  local s = { stored = {}, listed = {}, latest = 0, woken = {} }
  for i, name in ipairs(COUNTERS) do
    s[name] = tonumber(values[i + 1]) or 0
    s.stored[name] = s[name]
  end
  if server + s.offset < s.seen then
    s.offset = s.seen - server
  end
  s.now = server + s.offset
  s.new = s.born == 0
  if s.new then
    s.born = s.now
    -- The other keys may be left. One of another type fails here, before P is written and has no TTL yet.
    for i = 2, #KEYS do
      local last = tonumber(redis.call('ZRANGE', KEYS[i], -1, -1, 'WITHSCORES')[2]) or 0
      s.latest = math.max(s.latest, KEYS[i] == WAITERS and 0 or last)
    end
  end
  return s, id and values[1] and parse(values[1])
end

-- Puts an id on one of the lists; a score is a time, but for a ticket. Returns 1 if it was not there.
local function list(s, key, score, id)
  s.listed[key] = true
  if key ~= WAITERS then
    s.latest = math.max(s.latest, score)
  end
  return redis.call('ZADD', key, int(score), id)
end

-- All keys end at one moment, when everything that is listed has ended: a record never outlives the entry that will
-- delete it. A day keeps the fence growing: the next P begins at the server's own clock, which has come to `ends`.
-- One that is `barred` does not count as heard: that would hide from the others how long the server was silent.
local function close(s, barred)
  s.seen = barred and s.seen or s.now
  local least = math.max(s.now + DAY - HOUR, s.latest + MINUTE)
  local all = s.ends < least
  if all then
    s.ends = least + HOUR
  end
  local fields = { 'seen', int(s.seen) }
  for _, name in ipairs(COUNTERS) do
    if s[name] ~= s.stored[name] then
      fields[#fields + 1] = name
      fields[#fields + 1] = int(s[name])
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
  -- Last, because the key is not declared: a server that refuses it has done all the rest by now, and the waiter
  -- asks again by itself within 2 s.
  for _, id in ipairs(s.woken) do
    local wake = P .. ':wake:' .. id
    redis.pcall('RPUSH', wake, '1')
    redis.pcall('PEXPIRE', wake, WAKE_TTL_MS)
  end
end

local function holds(id)
  return redis.call('ZSCORE', HOLDERS, id) ~= false
end

local function settling(s)
  return s.now < s.settle
end

-- `used` is a cache: it holds only for the number of holders it was computed for.
local function refresh_used(s)
  if redis.call('ZCARD', HOLDERS) == s.counted then
    return
  end
  local ids = redis.call('ZRANGE', HOLDERS, 0, -1)
  s.used, s.counted = 0, #ids
  for _, id in ipairs(ids) do
    local r = read(id)
    s.used = s.used + (r and r.weight or 1)
  end
end

-- Whether it was one.
local function remove_holder(s, id, r)
  if redis.call('ZREM', HOLDERS, id) == 0 then
    return false
  end
  s.used = s.used - (r and r.weight or 1)
  s.counted = s.counted - 1
  return true
end

local function drop_expired(s, asker)
  if settling(s) then
    return
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', HOLDERS, '-inf', int(s.now))) do
    local r = read(id)
    remove_holder(s, id, r)
    if not r or r.lease > 0 then
      redis.call('HDEL', P, id)
    end
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', ALIVE, '-inf', int(s.now))) do
    if id ~= asker then
      redis.call('ZREM', ALIVE, id)
      redis.call('ZREM', WAITERS, id)
      redis.call('HDEL', P, id)
    end
  end
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
end

local function remove_waiter(s, id)
  s.waiters = s.waiters - redis.call('ZREM', WAITERS, id)
  redis.call('ZREM', ALIVE, id)
end

-- A holder that asks for its lease back stands before all.
local function rank(r)
  return r.fence > 0 and 0 or r.ticket
end

-- The first in the queue, where `asker`, of the record `asked`, stands by its rank, listed or not yet.
local function first_waiter(s, asker, asked)
  local first = s.waiters > 0 and redis.call('ZRANGE', WAITERS, 0, 0, 'WITHSCORES') or {}
  local id, score = first[1], tonumber(first[2])
  if asked and (not id or rank(asked) < score or rank(asked) == score and asker < id) then
    return asker
  end
  return id
end

-- Drops who has gone, then gives free slots to the first waiters, in order, as far as they fit. `asker`, of the record
-- `asked`, is here and gets its whole lease; anyone else gets the grace to confirm, and is woken. Whether the asker was
-- granted.
local function promote(s, asker, asked)
  local granted = false
  refresh_used(s)
  drop_expired(s, asker)
  s.waiters = redis.call('ZCARD', WAITERS)
  while true do
    local id = first_waiter(s, asker, not granted and asked)
    local r = id and (id == asker and asked or read(id))
    if not id then
      return granted
    elseif r and (s.used + r.weight > r.capacity or settling(s) and r.fence == 0) then
      return granted
    end
    if not r or r.known then
      remove_waiter(s, id)
    end
    if r and id == asker then
      grant(s, id, r, r.lease, r.keep)
      granted = true
    elseif r then
      grant(s, id, r, math.min(GRACE, r.lease), 0)
      s.woken[#s.woken + 1] = id
    end
  end
end

-- Gives up slot or place for good. The id stays barred for one lease: a late duplicate of its acquire or of a renewal
-- must not bring it back. With `keep` in the future the slot stays taken until then.
local function give_up(s, id, r, lease, keep)
  if keep > s.now and holds(id) then
    list(s, HOLDERS, keep, id)
  elseif not remove_holder(s, id, r) then
    redis.call('ZREM', WAITERS, id)
  end
  r.lease = 0
  write(id, r)
  list(s, ALIVE, math.max(s.now + lease, keep), id)
end
-- luacheck: pop

-- The opening of every semaphore script: what is read before it is known which case it is.
--
-- KEYS[1]  P          HASH  the fields below, and one record per id
-- KEYS[2]  P:holders  ZSET  id -> when its lease ends
-- KEYS[3]  P:waiters  ZSET  id -> ticket (0 for a holder that asks for its lease back: it stands before all)
-- KEYS[4]  P:alive    ZSET  id -> when it is forgotten: a silent waiter, or the bar on an id that was given up
--
-- ARGV[1] is the id that asks, or no field of P.
--
-- Times are whole µs on the limiter's own clock: the server's TIME plus `offset`, which grows whenever the server's
-- clock is stepped back, so that no lease, liveness or settling time is ever stretched by a step.
-- Numbers are written with int(): tostring and .. keep 14 digits only, a time in µs has 16.
-- luacheck: push ignore 211 (a script uses a part of this)

local P, HOLDERS, WAITERS, ALIVE = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local SECOND, MINUTE, HOUR = 1000000, 60000000, 3600000000

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
-- ends      when the server's bare clock comes to this, all keys are gone
-- longest   the longest lease of those who hold or wait
-- born      when this life of the data began
-- void      a reset took back all tickets up to this
-- hold      the shortest time that a slot was held for
-- barred    1: an id was barred, and may be still
-- The rest is of the rare cases alone:
-- settled   1: this life has had its settling
-- unheard   how many of the holders that this life began with have not spoken in it; -1: it began with none
-- silences  the last ones that may spare somebody, each as two times and a semicolon
local FIELDS = {
  'seen', 'run', 'offset', 'next', 'settle', 'queued', 'used', 'counted', 'ticket', 'fence', 'capacity', 'ends',
  'longest', 'born', 'void', 'hold', 'barred', 'rule', 'settled', 'unheard', 'silences',
}

local RESTART = SECOND / 100 -- no server ends and is up again within this
local SHORTEST_SILENCE = SECOND / 3 -- a third of the shortest lease: a shorter silence spares nobody (common_away.lua)
local SPARE = 2 * SECOND -- see common_away.lua

local function int(n)
  return string.format('%.0f', n)
end

-- Which process serves: a restart, a failover and a move to another cluster node change it. Nothing where the user has
-- no right to INFO; the rest of what it tells comes second.
local function process()
  local info = redis.pcall('INFO', 'server')
  if type(info) ~= 'string' then
    return '', ''
  end
  return string.match(info, 'run_id:(%x%x%x%x%x%x%x%x)') or '', info
end

local time = redis.call('TIME')
local server = time[1] * SECOND + time[2]
local values = redis.call('HMGET', P, ARGV[1] or '', unpack(FIELDS))
local record, was_seen, was_run, was_offset, was_next, was_settle, was_queued, was_used, was_counted, was_ticket,
  was_fence, was_capacity, was_ends, was_longest, was_born, was_void, was_hold,
  was_barred = unpack(values, 1, 18)
local now = server + (was_offset or 0)

-- Whether P is as the last script left it: no clock went back, no process or rule of recovery came between, and
-- nothing ended, nor will soon after a silence.
local function undisturbed()
  if not was_seen or now < tonumber(was_seen) or tonumber(was_settle or 0) > tonumber(was_seen) then
    return false
  end
  local silence, first_end = now - was_seen, tonumber(was_next or 0)
  return (first_end == 0 or now < first_end and (silence < SHORTEST_SILENCE or now + SPARE < first_end))
    and (silence < RESTART or process() == (was_run or ''))
end

-- After how long a waiter asks again if it is not woken before: a lost wake-up costs it no more. Its turn cannot come
-- before those in front of it have each held a slot for the shortest time known, 2 ms at least, because a process
-- cannot start and end in less; so 100,000 waiters ask no more often than the server can bear.
local function poll_span(place, slots, shortest_hold)
  local turns = math.floor((place - 1) / math.max(1, slots))
  return math.min(30 * SECOND, math.max(2 * SECOND, turns * math.max(shortest_hold, SECOND / 500)))
end

-- For how long its place is kept without a word from it: three questions may get lost.
local KEPT_LEAST = 10 * SECOND
local function kept_for(span)
  return math.max(KEPT_LEAST, 3 * span)
end
-- luacheck: pop

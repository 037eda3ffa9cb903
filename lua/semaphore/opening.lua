-- The opening of every semaphore script: what is known before it is known which case it is.
--
-- KEYS[1]  P          HASH  the fields below, and one record per id
-- KEYS[2]  P:holders  ZSET  id -> when its lease ends
-- KEYS[3]  P:waiters  ZSET  id -> ticket (0 for a holder that asks for its lease back: it stands before all)
-- KEYS[4]  P:alive    ZSET  id -> when it is forgotten: a silent waiter, or the bar on an id that was given up
--
-- Input:
--   1 the id that asks, or no field of P
--   and what the script itself says
--
-- Times are whole µs on the limiter's own clock: the server's TIME plus `offset`, which grows whenever the server's
-- clock is stepped back, so that no lease, liveness or settling time is ever stretched by a step.
-- Redis writes a number that it is given with all its digits. In a text, int() does so: tostring and .. keep 14 digits
-- only, and a time in µs has 16.
-- luacheck: push ignore 211 (a script uses a part of this)

local P, HOLDERS, WAITERS, ALIVE = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local SECOND, MINUTE, HOUR = 1000000, 60000000, 3600000000
local RESTART = SECOND / 100 -- no server ends and is up again within this
local SHORTEST_SILENCE = SECOND / 3 -- a third of the shortest lease: a shorter silence spares nobody (common_away.lua)
local SPARE = 2 * SECOND -- see common_away.lua
local KEPT_LEAST = 10 * SECOND -- for how long a waiter's place is kept without a word from it, at least
-- How long a slot that is handed to a waiter waits for it to confirm: until 3 s after its last question, because one
-- near the front asks again within that even if it was not woken. One that has not asked for so long although it should
-- have is hardly there any more: a second is enough for one that was woken, and a row of dead waiters costs those
-- behind it a second each.
local CONFIRM, CONFIRM_LEAST = 3 * SECOND, SECOND
local WAKE_TTL_MS = 10000 -- a wake-up is of no use after the waiter has asked again

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
  local at = string.find(info, 'run_id:', 1, true)
  return at and string.sub(info, at + 7, at + 14) or '', info
end

local time = redis.call('TIME')
local server = time[1] * SECOND + time[2]

-- A time in digits. Where it is the server's own, they are put together from its answer, because writing a number of
-- 16 digits takes a server nearly as long as a command.
local function digits(at)
  return at == server and time[1] .. string.sub('00000' .. time[2], -6) or int(at)
end

-- The time on the limiter's clock, if P is as the last script left it: no clock went back, no process or rule of
-- recovery came between, and nothing ended, nor will soon after a silence. Else nothing, and the case is a rare one.
-- The arguments are fields of P, see common_state.lua.
local function undisturbed(seen, run, offset, first_end, settle)
  local now = server + (offset or 0)
  if not seen or now < tonumber(seen) or settle and tonumber(settle) > tonumber(seen) then
    return nil
  end
  local silence = now - seen
  first_end = tonumber(first_end or 0)
  if (first_end == 0 or now < first_end and (silence < SHORTEST_SILENCE or now + SPARE < first_end))
    and (silence < RESTART or process() == (run or '')) then
    return now
  end
end
-- luacheck: pop

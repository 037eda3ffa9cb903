
-- What a caller asks for besides a slot. Who asks for none of this pays for none: the word is not there then.
--   max=N        join the queue only if fewer than N wait
--   head=D       stand in the queue as one that came so many µs before
--   supersede=1  on arrival, send all away who came before and wait; 2: and stop those who hold, but not
--                in a pause; who joins no queue (wait 0, max=0) does neither
--   slots=A,B    the slots have these names (common_slots.lua)
--   mine=A       those that it had when it lost its lease
-- luacheck: push ignore 211 (a script uses a part of this)

local function read_policies(text)
  return {
    most_waiters = tonumber(string.match(text, 'max=(%d+)') or math.huge),
    head_start = tonumber(string.match(text, 'head=(%d+)') or 0),
    supersede = tonumber(string.match(text, 'supersede=(%d)') or 0),
    slots = string.match(text, 'slots=(%S+)'), shown_slots = string.match(text, 'mine=(%S+)'),
  }
end

-- The ticket of the last caller that sent those before it away, and who that is. Older tickets wait no more.
local function newest(s)
  local ticket, who = string.match(s.newest, '^(%d+) (.*)$')
  return tonumber(ticket or 0), who
end

-- A waiter, not one that asks for its lease back, that a newer caller has sent away.
local function is_superseded(s, r)
  return r.fence == 0 and r.ticket < newest(s)
end

-- Takes a waiter off the queue. The waiter is woken, and learns of it by its next question, which needs no record.
local function send_away(s, id)
  s.queued = s.queued - redis.call('ZREM', WAITERS, id)
  redis.call('ZREM', ALIVE, id)
  redis.call('HDEL', P, id)
  s.superseded = s.superseded + 1
  s.woken[#s.woken + 1] = id
end
-- luacheck: pop

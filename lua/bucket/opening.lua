-- The opening of every bucket script: the time, what is stored, and what even the common case needs.
-- luacheck: push ignore 211 (a script uses a part of this)

local KEY = KEYS[1]
local SECOND = 1000000
local CHUNK_BYTES = 16 * 32
local KEPT = 10 * SECOND -- see common_state.lua

local time = redis.call('TIME')
local now = time[1] * SECOND + time[2]
local stored = redis.call('HMGET', KEY, 'level', 'refilled_at', 'capacity', 'amount', 'frequency', 'ends', 'newest',
  'ids', ARGV[1] or '', 'granted', 'waited', 'returned', 'special') -- the ninth: the record of the id that asks

local function int(n)
  return string.format('%.0f', n)
end

-- A time in digits. Those of `now` are put together from the server's answer, because writing a number of 16 digits
-- takes a server nearly as long as a command.
local function digits(at)
  return at == now and time[1] .. string.sub('00000' .. time[2], -6) or int(at)
end
-- luacheck: pop

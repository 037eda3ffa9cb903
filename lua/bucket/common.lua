-- Shared by every bucket script: each runs as this text followed by its own file.
--
-- KEYS[1]  HASH  level (negative: promised ahead), refilled_at (µs), capacity, amount, frequency (µs),
--                recent: the last 32 reservations, each as 32 hex digits of id, a space, its due time in 16 digits, a
--                semicolon; batches: what reserve.lua adds to its own. No key is a full bucket.
--
-- Every `frequency` adds min(amount, capacity), then the level is cut to the capacity; the refill clock restarts when
-- the bucket is full. Numbers are written with int(): tostring and .. keep 14 digits only, a time in µs has 16.
-- luacheck: push ignore 211 (a script uses a part of this)

local KEY = KEYS[1]
local SECOND = 1000000
local ENTRY_BYTES = 32 + 1 + 16 + 1

local TEN_YEARS = 3652 * 86400 * SECOND
local REPEAT_MS = 10000 -- a full bucket is kept this long: a caller that lost the answer repeats its id

local function int(n)
  return string.format('%.0f', n)
end

local function server_now()
  local time = redis.call('TIME')
  return time[1] * SECOND + time[2]
end

local function load_bucket()
  local values = redis.call('HMGET', KEY, 'level', 'refilled_at', 'capacity', 'amount', 'frequency', 'recent')
  if not values[1] then
    return nil
  end
  return {
    level = tonumber(values[1]), refilled_at = tonumber(values[2]), capacity = tonumber(values[3]),
    amount = tonumber(values[4]), frequency = tonumber(values[5]), recent = values[6],
  }
end

local function new_bucket(capacity, amount, frequency, now)
  return {
    level = capacity, refilled_at = now, capacity = capacity, amount = amount, frequency = frequency, recent = '',
  }
end

local function step(b)
  return math.min(b.amount, b.capacity)
end

-- A clock that was stepped back restarts the refill and forgets the due times: nothing is added, nothing freezes, once
-- it is saved. Returns whether it was.
local function refill(b, now)
  local stepped_back = now < b.refilled_at
  if stepped_back then
    b.refilled_at, b.recent = now, ''
  end
  local steps = math.floor((now - b.refilled_at) / b.frequency)
  if b.level + steps * step(b) >= b.capacity then
    b.level, b.refilled_at = b.capacity, now
  else
    b.level = b.level + steps * step(b)
    b.refilled_at = b.refilled_at + steps * b.frequency
  end
  return stepped_back
end

-- From here on the bucket has these parameters; returns those that it had, if they are others.
-- What was due under the old rate has been added. Promises stand. The step that has begun counts under the new rate,
-- from its beginning: callers that take turns with different parameters, or are refused, put no token off.
local function change(b, capacity, amount, frequency, now)
  if b.capacity == capacity and b.amount == amount and b.frequency == frequency then
    return {}
  end
  local others = { b.capacity, b.amount, b.frequency }
  b.capacity, b.amount, b.frequency = capacity, amount, frequency
  refill(b, now)
  return others
end

-- The due time of a reservation that is known, or nil.
local function due_of(b, id)
  local at = string.find(b.recent, id, 1, true)
  return at and tonumber(string.sub(b.recent, at + 33, at + 48))
end

local function remember(b, id, due)
  b.recent = string.sub(b.recent .. id .. ' ' .. string.format('%016.0f', due) .. ';', -32 * ENTRY_BYTES)
end

-- When the level will have risen by `missing` tokens.
local function risen_at(b, missing)
  return b.refilled_at + math.ceil(missing / step(b)) * b.frequency
end

local function too_far(b, now)
  return risen_at(b, b.capacity - b.level) - now > TEN_YEARS
end

local function save(b, now)
  redis.call('HSET', KEY, 'level', int(b.level), 'refilled_at', int(b.refilled_at), 'capacity', int(b.capacity),
    'amount', int(b.amount), 'frequency', int(b.frequency), 'recent', b.recent)
  redis.call('PEXPIRE', KEY, int(math.ceil((risen_at(b, b.capacity - b.level) - now) / 1000) + REPEAT_MS))
end
-- luacheck: pop

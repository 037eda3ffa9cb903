-- Shared by every bucket script: each runs as opening.lua, this text and its own file.
--
-- KEYS[1]  HASH  level (negative: promised ahead), refilled_at (µs), capacity, amount, frequency (µs),
--                ends: when the key expires (µs), newest: the newest reservation, where it waits, as id and record;
--                and for each id its record. ids: those of the last calls, at most 16; older ids stand 16 by 16 in
--                chunk:N behind the time when all of them are over; chunks: the first N and the last; special, limit,
--                pause, from: see common_orders.lua. No key is a full bucket. And counters, which only grow and decide
--                nothing: granted, the tokens that were reserved; returned, how many of these were given back; waited,
--                for how long callers were told to wait, µs. A refusal writes nothing, so refusals are not counted.
--
-- Every `frequency` adds min(amount, capacity), then the level is cut to the capacity; the refill clock restarts when
-- the bucket is full. Numbers are written with int(): tostring and .. keep 14 digits only, a time in µs has 16.
--
-- The record of an id is its due time alone, where that had come when it asked; else words: due, tokens, gap, older, of
-- a batch (reserve.lua) origin, offset, step and frequency, and newer. The reservations that wait are a list, with '-'
-- at its ends: older and newer are ids, gap counts the tokens of those that stood before it and were cancelled.
--
-- A record is kept until its tokens are due and KEPT more. The caller repeats a question whose answer was lost, and the
-- server cannot know which was: so each id is kept, because its repeat must be charged nothing, and until it is due,
-- because it may be cancelled. A caller gives up, or has a new connection, within KEPT. The bucket itself is kept until
-- it is full and KEPT more. Each 16th call drops what is over of the oldest two chunks, so what is kept stays below
-- twice of what must be, and no call pays for how much that is.
-- luacheck: push ignore 211 (a script uses a part of this)

local COUNTED = 600 * SECOND -- whoever reads counters does so more often than this
local EXACT = 2 ^ 52 -- a level within this, and all that is added to it, has all its digits

local function step(b)
  return math.min(b.amount, b.capacity)
end

-- The bucket works with what is the smaller of what its callers ask for (`asked`) and an operator's limit: the smaller
-- capacity, and the slower rate.
local function work_under(b, limit)
  b.capacity, b.amount, b.frequency = unpack(b.asked)
  local capacity, amount, frequency = string.match(limit and limit.count or '', '(%d+)/(%d+)/(%d+)')
  if capacity then
    b.capacity = math.min(b.capacity, tonumber(capacity))
    if step(b) / b.frequency > math.min(amount, b.capacity) / frequency then
      b.amount, b.frequency = tonumber(amount), tonumber(frequency)
    end
  end
end

local function refill_until(b, at)
  local steps = math.floor((at - b.refilled_at) / b.frequency)
  if b.level + steps * step(b) >= b.capacity then
    b.level, b.refilled_at = b.capacity, at
  else
    b.level = b.level + steps * step(b)
    b.refilled_at = b.refilled_at + steps * b.frequency
  end
end

local function load_bucket()
  if not stored[1] then
    return nil
  end
  local b = {
    level = tonumber(stored[1]), refilled_at = tonumber(stored[2]),
    asked = { tonumber(stored[3]), tonumber(stored[4]), tonumber(stored[5]) }, ends = tonumber(stored[6]),
    newest = stored[7] or '', ids = stored[8] or '',
    granted = tonumber(stored[10] or 0), waited = tonumber(stored[11] or 0), returned = tonumber(stored[12] or 0),
  }
  work_under(b, orders.limit)
  if orders.limit and orders.limit.till <= called then -- it has ended since the last call
    if b.refilled_at < orders.limit.till then
      refill_until(b, orders.limit.till)
    end
    orders.limit, orders_changed = nil, true
    work_under(b)
  end
  return b
end

local function new_bucket(...)
  local b = {
    level = 0, refilled_at = now, asked = { ... }, newest = '', ids = '', granted = 0, waited = 0, returned = 0,
    changed = true,
  }
  if orders.limit and orders.limit.till <= called then
    orders.limit, orders_changed = nil, true
  end
  work_under(b, orders.limit)
  b.level = b.capacity
  return b
end

-- A clock that was stepped back restarts the refill: nothing is added, nothing freezes, once it is saved. Which
-- promise has come is not known any more, so none of them goes back. Returns whether it was.
local function refill(b)
  local stepped_back = now < b.refilled_at
  if stepped_back then
    b.refilled_at, b.newest = now, ''
  end
  refill_until(b, now)
  if now > called then
    b.refilled_at = now -- at the end of a pause a step begins, so that none comes before it
  end
  return stepped_back
end

-- From here on the bucket has these parameters; returns those that it had, if they are others.
-- What was due under the old rate has been added. Promises stand. The step that has begun counts under the new rate,
-- from its beginning: callers that take turns with different parameters, or are refused, put no token off.
local function change(b, capacity, amount, frequency)
  local others = b.asked
  if others[1] == capacity and others[2] == amount and others[3] == frequency then
    return {}
  end
  b.asked, b.changed = { capacity, amount, frequency }, true
  work_under(b, orders.limit)
  refill(b)
  return others
end

-- When the level will have risen by `missing` tokens.
local function risen_at(b, missing)
  return b.refilled_at + math.ceil(missing / step(b)) * b.frequency
end

-- When all that is promised will have come.
local function all_due(b)
  return b.level < 0 and risen_at(b, -b.level) or now
end

local function too_far(b)
  return b.level < -EXACT or risen_at(b, b.capacity - b.level) - now > TEN_YEARS
end

local function read_record(text)
  local due, tokens, gap, older, batch, newer = string.match(text, '^(%d+) (%d+) (%d+) (%S+)(.*) (%S+)$')
  if not due then
    -- The reservation was due when it was asked for, or was cancelled then: no step back of the clock makes it wait.
    return { due = math.min(tonumber(text), called), tokens = 0, gap = 0, older = '-', batch = '', newer = '-' }
  end
  return {
    due = tonumber(due), tokens = tonumber(tokens), gap = tonumber(gap), older = older, batch = batch, newer = newer,
  }
end

local function record_text(r)
  return string.format('%.0f %.0f %.0f %s%s %s', r.due, r.tokens, r.gap, r.older, r.batch, r.newer)
end

-- When a record that is known is due. After a step back of the clock its time is too late by that step: no promise is
-- later than the last.
local function due_of(b, r)
  return math.min(r.due, all_due(b))
end

-- Closes the ids of the last calls to a chunk, and looks at the oldest two: drops what is over. One that will be for
-- long goes to the end, so that it does not stand before others.
local function close_chunk(b)
  local bounds = redis.call('HGET', KEY, 'chunks') or '1 0'
  local first, last = string.match(bounds, '(%d+) (%d+)')
  first, last = tonumber(first), tonumber(last)

  local ids, over_at = {}, called
  for at = 1, #b.ids, 32 do
    ids[#ids + 1] = string.sub(b.ids, at, at + 31)
  end
  for _, record in ipairs(redis.call('HMGET', KEY, unpack(ids))) do
    over_at = math.max(over_at, tonumber(string.sub(record or '0', 1, 16)))
  end
  last = last + 1
  redis.call('HSET', KEY, 'chunk:' .. last, int(over_at + KEPT) .. ' ' .. table.concat(ids, ' '))
  b.ids = ''

  for _ = 1, 2 do
    local name = 'chunk:' .. first
    local oldest = redis.call('HGET', KEY, name)
    local left = oldest and tonumber(string.sub(oldest, 1, 16)) - called or 0
    if left > 0 and left <= KEPT then
      break
    end
    local fields = { name }
    if left > 0 then
      last = last + 1
      redis.call('HSET', KEY, 'chunk:' .. last, oldest)
    elseif oldest then
      for id in string.gmatch(oldest, ' (%S+)') do
        fields[#fields + 1] = id
      end
    end
    redis.call('HDEL', KEY, unpack(fields))
    first = first + 1
  end
  redis.call('HSET', KEY, 'chunks', first .. ' ' .. last)
end

-- Notes the id, so that its record is dropped in time.
local function note(b, id)
  if #b.ids >= CHUNK_BYTES then
    close_chunk(b)
  end
  b.ids = b.ids .. id
end

-- When the newest that waits is due, or nil: its time has 16 digits until the year 2286.
local function newest_due(b)
  return tonumber(string.sub(b.newest, 34, 49))
end

-- When the key may go: nothing it holds is needed any more.
local function needed_until(b)
  return math.max(risen_at(b, b.capacity - b.level), now, newest_due(b) or 0) + KEPT
end

-- A bucket that is used again is about to be used more: its expiry moves by more than it must, so that it moves
-- seldom, and so that its counters outlive the idle minutes between two looks at them. That of one that is used once
-- does not, nor where tokens went back (b.shrinks).
local function save(b, ...)
  local needed, ends = needed_until(b), b.ends
  if not ends or b.shrinks then
    ends = needed
  elseif ends < needed then
    ends = needed + math.max(COUNTED, math.floor((needed - called) / 8))
  end
  ends = math.max(ends, ordered_until())
  if b.changed then
    redis.call('HSET', KEY, 'capacity', int(b.asked[1]), 'amount', int(b.asked[2]), 'frequency', int(b.asked[3]))
  end
  redis.call('HSET', KEY, 'level', int(b.level), 'refilled_at', int(b.refilled_at), 'ends', int(ends),
    'newest', b.newest, 'ids', b.ids, 'granted', int(b.granted), 'waited', int(b.waited), 'returned', int(b.returned),
    ...)
  save_orders()
  if ends ~= b.ends or b.shrinks then
    redis.call('PEXPIRE', KEY, int(math.ceil((ends - called) / 1000)))
    b.ends = ends
  end
end

-- Saves the bucket with a new reservation.
local function save_reservation(b, id, due, tokens, batch)
  note(b, id)
  b.granted, b.waited = b.granted + tokens, b.waited + math.max(0, due - called)
  local older = (newest_due(b) or 0) > called and string.sub(b.newest, 1, 32)
  local record = string.format('%.0f %.0f 0 %s%s -', due, tokens, older or '-', batch)
  if due <= called then
    b.newest = '' -- nothing that was promised before goes back any more
    save(b, id, batch == '' and int(due) or record)
    return
  end
  local before = b.newest
  b.newest = id .. ' ' .. record
  if older then
    save(b, id, record, older, string.sub(before, 34, -2) .. id) -- in place of '-', its newer
  else
    save(b, id, record)
  end
end
-- luacheck: pop

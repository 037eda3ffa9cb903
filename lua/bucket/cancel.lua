-- cancel: give tokens back that are not due yet. The tokens go back once all that was reserved after them has: a refund
-- of an older reservation alone would promise the same instant twice. So the tokens of one that is not the newest are
-- noted as a gap before the one after it, and go back with that one.
--
-- Input, once or more, the newest reservation first:
--   1 id
--   2 tokens (of a batch, see reserve.lua: the last so many of it)
-- Output:
--   1 how many went back

at_the_call()
local b = load_bucket()
if not b then
  return 0
end
refill(b)

local newest_id = string.match(b.newest, '^%S+')

local function get(id)
  local text = redis.call('HGET', KEY, id)
  return text and read_record(text)
end

local function put(id, text)
  redis.call('HSET', KEY, id, text)
end

-- How many tokens of a batch are due, and a function that tells when so many of them are.
local function batch_of(r)
  local origin, offset, step_then, frequency = string.match(r.batch, '(%d+) (%S+) (%d+) (%d+)')
  if not origin then
    return nil
  end
  local come = called < tonumber(origin) and 0 or offset + math.floor((called - origin) / frequency) * step_then
  return math.max(0, math.min(r.tokens, come)), function(count)
    return origin + math.max(0, math.ceil((count - offset) / step_then)) * frequency
  end
end

-- Takes a reservation out of the list of those that wait.
local function unlink(r)
  local older, newer = get(r.older), get(r.newer)
  if older then
    older.newer = r.newer
    put(r.older, record_text(older))
  end
  if newer then
    newer.older = r.older
    put(r.newer, record_text(newer))
  end
end

local function give_back(id, tokens)
  local r = get(id)
  if not r then
    note(b, id)
    put(id, int(called)) -- known from now on: if its question comes late, it is charged nothing
    return 0
  end
  local due_count, due_of_last = batch_of(r)
  local back = r.due > called and r.tokens or 0
  if due_count then
    back = math.min(tokens, r.tokens - due_count)
  end
  if back == 0 then
    return 0
  end

  local whole = back == r.tokens
  local freed = back + (whole and r.gap or 0)
  local newer = id ~= newest_id and get(r.newer)
  if newer then
    newer.gap = newer.gap + freed
    put(r.newer, record_text(newer))
  end
  if whole then
    unlink(r)
    put(id, int(called)) -- final: the id stays known, so that a late duplicate of its question is not charged
  else
    r.tokens = r.tokens - back
    r.due = due_of_last(r.tokens)
    put(id, record_text(r))
  end
  if id ~= newest_id then
    return 0
  end
  newest_id = whole and r.older or id
  b.level = b.level + freed
  return freed
end

local back = 0
for i = 1, #ARGV, 2 do
  back = back + give_back(ARGV[i], tonumber(ARGV[i + 1]))
end
refill(b)
local newest = newest_id and redis.call('HGET', KEY, newest_id)
b.newest = newest and newest_id .. ' ' .. newest or ''
b.shrinks, b.returned = true, b.returned + back
save(b)
return back

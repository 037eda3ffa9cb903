-- reserve: up to so many single tokens, just as that many calls of acquire at this instant would: the first at any
-- wait, more as long as they are due within the horizon. A repeated id is charged once and gets the same answer.
--
-- ARGV  1 id (32 hex digits)  2 capacity  3 amount  4 frequency, µs  5 tokens (0: writes nothing)  6 horizon, µs
-- Returns { state (1 reserved, -1 refused: more than ten years), tokens, and when they are due: the k-th, from 1, at
--           origin + ceil((k - offset) / step) * frequency, where that has passed at once:
--           origin in µs from now (negative: it was), offset, step, frequency in µs,
--           and, where the bucket was made with other parameters, those: capacity, amount, frequency }
--
-- `batches` in the HASH: the last 32 of these answers, each as 32 hex digits of id and five numbers of 16 digits, the
-- origin as a time.

local BATCH = '%s %016.0f %016.0f %016.0f %016.0f %016.0f;'
local BATCH_BYTES = 32 + 5 * 17 + 1

local id, tokens, horizon = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
local capacity, amount, frequency = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local now = server_now()
local b = load_bucket() or new_bucket(capacity, amount, frequency, now)
local batches = redis.call('HGET', KEY, 'batches') or ''
refill(b, now)

if due_of(b, id) then
  local _, at = string.find(batches, '.*' .. id)
  local known = {}
  for number in string.gmatch(string.sub(batches, at + 1, at + BATCH_BYTES - 32), '%d+') do
    known[#known + 1] = tonumber(number)
  end
  return { 1, known[1], known[2] - now, known[3], known[4], known[5] }
end

local others = change(b, capacity, amount, frequency, now)
local within = b.level + step(b) * math.floor((now + horizon - b.refilled_at) / b.frequency)
local count = math.min(tokens, math.max(1, within))
-- The level as whole steps and a rest: as if the tokens there had come one step after another since the origin.
local steps = math.floor(b.level / step(b))
local offset, origin = b.level - steps * step(b), b.refilled_at - steps * b.frequency

b.level = b.level - count
if count > 0 then
  if too_far(b, now) then
    return { -1, 0, 0, 0, 1, 1, unpack(others) }
  end
  remember(b, id, b.level < 0 and risen_at(b, -b.level) or now)
  save(b, now)
  batches = batches .. string.format(BATCH, id, count, origin, offset, step(b), b.frequency)
  redis.call('HSET', KEY, 'batches', string.sub(batches, -32 * BATCH_BYTES))
end
return { 1, count, origin - now, offset, step(b), b.frequency, unpack(others) }

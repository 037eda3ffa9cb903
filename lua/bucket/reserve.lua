-- reserve: up to so many single tokens, just as that many calls of acquire at this instant would: the first at any
-- wait, more as long as they are due within the horizon. A repeated id is charged once and gets the same answer.
--
-- Input:
--   1 id (32 hex digits)
--   2 capacity
--   3 amount
--   4 frequency, µs
--   5 tokens (0: writes nothing)
--   6 horizon, µs
-- Output (the k-th token, from 1, is due at origin + max(0, ceil((k - offset) / step)) * frequency, or at once where
-- that has passed):
--   1 state (1 reserved, -1 refused: more than ten years)
--   2 tokens
--   3 origin, µs from now (0 or negative, but for the end of a pause)
--   4 offset (negative: so many were promised before)
--   5 step
--   6 frequency, µs
--   and, where the bucket was made with other parameters or orders stand:
--   7 those parameters, if they are others: capacity, amount, frequency in µs
--   8 the orders (tell_orders in common_orders.lua)

local id, tokens, horizon = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
local capacity, amount, frequency = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local b = load_bucket() or new_bucket(capacity, amount, frequency)
refill(b)

if stored[9] then
  local known = read_record(stored[9])
  local origin, offset, step_then, frequency_then = string.match(known.batch, '(%d+) (%S+) (%d+) (%d+)')
  if not origin then
    return { 1, 0, 0, 0, 1, 1 } -- it was cancelled
  end
  return {
    1, known.tokens, origin - (known.due - due_of(b, known)) - called, tonumber(offset), tonumber(step_then),
    tonumber(frequency_then),
  }
end

local others = change(b, capacity, amount, frequency)
local within = called + horizon < now and 0
  or b.level + step(b) * math.floor((called + horizon - b.refilled_at) / b.frequency)
local count = math.min(tokens, math.max(1, within))
local origin, offset = b.refilled_at, b.level

b.level = b.level - count
if count > 0 then
  if too_far(b) then
    return with_orders({ -1, 0, 0, 0, 1, 1 }, others)
  end
  save_reservation(b, id, all_due(b), count,
    string.format(' %.0f %.0f %.0f %.0f', origin, offset, step(b), b.frequency))
end
return with_orders({ 1, count, origin - called, offset, step(b), b.frequency }, others)

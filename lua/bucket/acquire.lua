-- acquire: reserve tokens and tell when they are due. A refusal writes nothing but the repair of a clock that was
-- stepped back; a repeated id is charged once.
--
-- Input:
--   1 id (32 hex digits)
--   2 capacity
--   3 amount
--   4 frequency, µs
--   5 tokens (at most the capacity)
--   6 the longest wait, µs (-1: any)
-- Output:
--   1 state (1 reserved, 0 refused, -1 refused: more than ten years)
--   2 wait, µs
--   and, where the bucket was made with other parameters or orders stand:
--   3 those parameters, if they are others: capacity, amount, frequency in µs
--   4 the orders (tell_orders in common_orders.lua)

local id, tokens, max_wait = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
local capacity, amount, frequency = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local b = load_bucket() or new_bucket(capacity, amount, frequency)
if refill(b) then
  save(b) -- even if this call is refused: each such call would restart the refill again
end

if stored[9] then
  return { 1, math.max(0, due_of(b, read_record(stored[9])) - called) }
end

local others = change(b, capacity, amount, frequency)
b.level = b.level - tokens
local due = all_due(b)
local wait = math.min(due - called, EXACT) -- a larger one would not fit into the answer
if max_wait >= 0 and wait > max_wait then
  return with_orders({ 0, wait }, others)
end
if too_far(b) then
  return with_orders({ -1, wait }, others)
end
save_reservation(b, id, due, tokens, '')
return with_orders({ 1, wait }, others)


-- status: the level now, and when it rises. The script only reads: a user without the right to write can ask.
--
-- Input: nothing
-- Output:
--   1 1 (0, and no more than the orders: there is no such bucket, which is a full one)
--   2 level (negative: promised ahead)
--   3 capacity
--   4 amount
--   5 frequency, µs
--   6 time until the next refill, µs (0: it is full)
--   7 time until a caller that asks for one token now would get it, µs
--   and the counters, see common_state.lua:
--   8 granted
--   9 waited, µs
--   10 returned
--   11 the orders that stand (tell_orders in common_orders.lua; of none, the second)

local b = load_bucket()
if not b then
  return { 0, tell_orders() }
end
refill(b)
local full = b.level >= b.capacity
local due = b.level < 1 and risen_at(b, 1 - b.level) or now
return {
  1, b.level, b.capacity, b.amount, b.frequency, full and 0 or b.refilled_at + b.frequency - called, due - called,
  b.granted, b.waited, b.returned, tell_orders(),
}

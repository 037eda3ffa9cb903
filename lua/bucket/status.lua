
-- status: the level now, and when it rises. It only reads: a user without the right to write can ask.
--
-- Returns { 0 } if there is no such bucket (a full one), else
--   { 1, level (negative: promised ahead), capacity, amount, frequency, µs until the next refill (0: it is full),
--     µs until a caller that asks for one token now would get it }

local b = load_bucket()
if not b then
  return { 0 }
end
refill(b)
local full = b.level >= b.capacity
local due = b.level < 1 and risen_at(b, 1 - b.level) or now
return { 1, b.level, b.capacity, b.amount, b.frequency, full and 0 or b.refilled_at + b.frequency - now, due - now }

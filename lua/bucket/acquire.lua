-- acquire: reserve tokens and tell when they are due. A refusal writes nothing but the repair of a clock that was
-- stepped back; a repeated id is charged once.
--
-- ARGV  1 id (32 hex digits)  2 capacity  3 amount  4 frequency, µs  5 tokens (at most the capacity)
--       6 the longest wait, µs (-1: any)
-- Returns { state (1 reserved, 0 refused, -1 refused: more than ten years), wait in µs,
--           and, where the bucket was made with other parameters, those: capacity, amount, frequency }

local id, tokens, max_wait = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
local capacity, amount, frequency = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local now = server_now()
local b = load_bucket() or new_bucket(capacity, amount, frequency, now)
if refill(b, now) then
  save(b, now) -- even if this call is refused: each such call would restart the refill again
end

local known = due_of(b, id)
if known then
  return { 1, math.max(0, known - now) }
end

local others = change(b, capacity, amount, frequency, now)
b.level = b.level - tokens
local due = b.level < 0 and risen_at(b, -b.level) or now
local wait = due - now
if max_wait >= 0 and wait > max_wait then
  return { 0, wait, unpack(others) }
end
if too_far(b, now) then
  return { -1, wait, unpack(others) }
end
remember(b, id, due)
save(b, now)
return { 1, wait, unpack(others) }

-- acquire, its common case: a new question for tokens that are there, of a bucket that has these parameters and in
-- which nobody waits and for which no order stands. The answer is that of acquire.lua, without the text that only the
-- others need.
--
-- Input, Output: those of acquire.lua

if stored[7] == '' and not stored[9] and not stored[13] and stored[3] == ARGV[2] and stored[4] == ARGV[3]
  and stored[5] == ARGV[4] and #stored[8] < CHUNK_BYTES then
  local capacity, frequency = tonumber(ARGV[2]), tonumber(ARGV[4])
  local step = math.min(tonumber(ARGV[3]), capacity)
  local refilled_at = tonumber(stored[2])
  local steps = math.floor((now - refilled_at) / frequency)
  local level = stored[1] + steps * step
  if level >= capacity then
    level, refilled_at = capacity, now
  else
    refilled_at = refilled_at + steps * frequency
  end
  level = level - ARGV[5]
  local full_at = refilled_at + math.ceil((capacity - level) / step) * frequency
  if steps >= 0 and level >= 0 and math.max(full_at, now) + KEPT <= tonumber(stored[6]) then
    redis.call('HSET', KEY, 'level', level, 'refilled_at', digits(refilled_at), ARGV[1], digits(now),
      'ids', stored[8] .. ARGV[1], 'granted', (stored[10] or 0) + ARGV[5])
    return { 1, 0 }
  end
end


-- order: an operator sets a limit or a pause, or takes it back. A pause never shortens one that stands.
--
-- Input:
--   1 (nothing)
--   2 limit or pause
--   3 for how long, µs (0: take it back)
--   4 count: of a limit the capacity, of a pause 0
--   5 by whom (a word), and after a blank why
-- Output:
--   1 1 done, 0 nothing has changed: a longer pause stands, or there is nothing to take back
--   2 the orders that stand now (tell_orders in common_orders.lua)

local name, span, count, by = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]

local s = open()
local stands = s.order[name]
if span == 0 and not stands or span > 0 and name == 'pause' and s.paused_until >= s.now + span then
  return { 0, tell_orders(s) }
end
hear(s, 0, 0, false)
s[name] = span > 0 and string.format('%s %.0f %.0f %s', count, s.now + span, s.now, by) or ''
redis.call('HSET', P, name, s[name])
read_orders(s)
if span == 0 then
  -- The keys would stay for as long as the order would have: from here on they end as if there had been none.
  s.ends = 0
  for i = 2, #KEYS do
    local last = KEYS[i] ~= WAITERS and redis.call('ZRANGE', KEYS[i], -1, -1, 'WITHSCORES')[2]
    s.latest = math.max(s.latest, tonumber(last or 0))
  end
end
promote(s)
close(s)
return { 1, tell_orders(s) }

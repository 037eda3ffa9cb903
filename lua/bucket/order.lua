
-- order: an operator sets a limit or a pause, or takes it back. A pause never shortens one that stands.
--
-- Input:
--   1 (nothing)
--   2 limit or pause
--   3 for how long, µs (0: take it back)
--   4 count: of a limit capacity/amount/frequency, of a pause 0
--   5 by whom (a word), and after a blank why
-- Output:
--   1 1 done, 0 nothing has changed: a longer pause stands, or there is nothing to take back
--   2 the orders that stand now (tell_orders in common_orders.lua)

local name, span, count, by = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]

at_the_call()
local b = load_bucket()
if b then
  refill(b)
end

local stands = orders[name]
if span == 0 and not stands or span > 0 and name == 'pause' and stands and stands.till >= called + span then
  return { 0, tell_orders() }
end
orders[name] = span > 0 and { count = count, till = called + span, since = called, by = by } or nil
orders_changed = true
if b then
  work_under(b, orders.limit)
  refill(b)
  b.shrinks = span == 0
  save(b)
elseif next(orders) then
  save_orders()
  redis.call('PEXPIRE', KEY, int(math.ceil((ordered_until() - called) / 1000)))
else
  redis.call('UNLINK', KEY)
end
return { 1, tell_orders() }

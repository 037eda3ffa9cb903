
-- What an operator has ordered, whatever the callers ask for: a limit, a pause. Each is a field of that name, a text:
-- count till since by why, where the count of a limit is capacity/amount/frequency. `special` is there as long as one
-- of the fields is, so that no question is a short case.
--
-- In a pause a bucket is what it will be at the end of it: whoever asks is answered as one that asks then. So nothing
-- is due before, and the bound of every window holds as if all had come at that moment. As soon as something has been
-- promised so, the bucket stays there (`from`, a field of the same form) although the pause be taken back: a promise
-- stands, and nobody passes it.
-- luacheck: push ignore 211 (a script uses a part of this)

local called = now -- from here on `now` is the end of the pause
local orders, orders_changed = {}, false

-- The server's clock alone counts here. Where it was set back to before the order, the order lasts no longer for that.
local function read_order(name, text)
  local count, till, since, by = string.match(text or '', '^(%S+) (%d+) (%d+) (.*)$')
  if not count then
    return
  end
  local order = { count = count, till = tonumber(till), since = tonumber(since), by = by }
  if called < order.since then
    order.till, order.since, orders_changed = order.till - order.since + called, called, true
  end
  orders[name] = order
end

if stored[13] then
  local limit, pause, from = unpack(redis.call('HMGET', KEY, 'limit', 'pause', 'from'))
  read_order('limit', limit)
  read_order('pause', pause)
  read_order('from', from)
  for name, order in pairs(orders) do
    if order.till <= called and name ~= 'limit' then -- a limit is looked at once more: see load_bucket()
      orders[name], orders_changed = nil, true
    end
  end
end

local function at_the_call() -- for whoever takes no tokens: the bucket must not go ahead for that
  now = math.max(called, orders.from and orders.from.till or 0)
end
at_the_call()
now = math.max(now, orders.pause and orders.pause.till or 0)

local function ordered_until()
  return math.max(orders.pause and orders.pause.till or 0, orders.limit and orders.limit.till or 0)
end

-- For each order five values: whether it stands, its count, how long it will stand, how long it has, by whom and why.
local function tell_orders()
  local told = {}
  for _, name in ipairs({ 'limit', 'pause' }) do
    local order = orders[name]
    local values = { 0, '', 0, 0, '' }
    if order and order.till > called then
      values = { 1, order.count, order.till - called, called - order.since, order.by }
    end
    for _, value in ipairs(values) do
      told[#told + 1] = value
    end
  end
  return told
end

-- An answer, and behind it the parameters that the bucket had and the orders, if there is either.
local function with_orders(answer, others)
  if #others > 0 or orders.limit or orders.pause then
    answer[#answer + 1] = others
    answer[#answer + 1] = tell_orders()
  end
  return answer
end

local function save_orders()
  if now > called then
    orders.from, orders_changed = { count = '0', till = now, since = called, by = '' }, true
  end
  if not orders_changed then
    return
  end
  for _, name in ipairs({ 'limit', 'pause', 'from' }) do
    local order = orders[name]
    if order then
      redis.call('HSET', KEY, 'special', '1', name,
        string.format('%s %.0f %.0f %s', order.count, order.till, order.since, order.by))
    else
      redis.call('HDEL', KEY, name)
    end
  end
  if not next(orders) then
    redis.call('HDEL', KEY, 'special')
  end
end
-- luacheck: pop

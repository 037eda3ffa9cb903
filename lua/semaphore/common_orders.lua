
-- What an operator has ordered, whatever the callers ask for: a limit, a pause. Each is a field of P of that name, a
-- text: count till since by why. An order ends by itself when `till` has come. It stands above what a caller asks for
-- only as far as new slots are concerned: who holds one keeps it, renews it and gets it back.
-- luacheck: push ignore 211 (a script uses a part of this)

local ORDERS = { 'limit', 'pause' }

local function read_orders(s)
  s.order, s.ordered_until = {}, 0
  for _, name in ipairs(ORDERS) do
    local count, till, since, by = string.match(s[name], '^(%d+) (%d+) (%d+) (.*)$')
    if count and tonumber(till) > s.now then
      s.order[name] = { count = count, till = tonumber(till), since = tonumber(since), by = by }
      s.ordered_until = math.max(s.ordered_until, tonumber(till))
    else
      s[name] = ''
    end
  end
  s.most = s.order.limit and tonumber(s.order.limit.count) or math.huge
  s.paused_until = s.order.pause and s.order.pause.till or 0
end

-- For each order five values: whether it stands, its count, how long it will stand, how long it has, by whom and why.
local function tell_orders(s)
  local told = {}
  for _, name in ipairs(ORDERS) do
    local order = s.order[name]
    for _, value in ipairs(order and { 1, order.count, order.till - s.now, s.now - order.since, order.by }
      or { 0, '', 0, 0, '' }) do
      told[#told + 1] = value
    end
  end
  return told
end
-- luacheck: pop

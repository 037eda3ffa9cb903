-- free: give up for good the one holder or waiter whose id begins so, for somebody who only sees it in status.
--
-- ARGV  1 how the id begins  2 how long it stays barred, µs
-- Returns how many begin so: 1 was freed, of several none was; -1 for none but one that was given up before

local beginning, bar = ARGV[1], tonumber(ARGV[2])

local function find(key, ids)
  for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    if string.sub(id, 1, #beginning) == beginning then
      ids[#ids + 1] = id
    end
  end
  return ids
end

local s = open()
local ids = find(WAITERS, find(HOLDERS, {}))
if #ids == 1 then
  local id = ids[1]
  local r = read(id) or unknown()
  settle_if_away(s, { id = id, ticket = 0, lease = bar, absence = '0' })
  give_up(s, id, r, bar, 0)
  promote(s)
  close(s)
elseif #ids == 0 and #find(ALIVE, {}) > 0 then
  return -1
end
return #ids

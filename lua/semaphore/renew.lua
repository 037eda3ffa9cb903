
-- renew: a heartbeat. It looks at its own id first: a lease that ended a moment ago and that nobody took is simply
-- renewed. It never creates a lease, and is given only P and P:holders (KEYS[1] and KEYS[2]): while a cluster moves its
-- slot, a script is refused that names a key which is not there, and nobody may wait.
--
-- ARGV  1 id  2 ticket (0: not known to a caller that only has the id)  3 lease, µs (0: the one asked for)
--       4 absence since the last answer (0: none, 1: cut off, 2: late on a connection that stood)
-- Returns 1 renewed, 0 gone (ask for it back), -1 barred (given up for good, or void since a reset)

local id, ticket, lease, absence = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

local s, r = open(id)
if r and r.lease == 0 or ticket > 0 and ticket <= s.void then
  close(s, true)
  return -1
end
local state = 0
if lease == 0 then
  lease = r and r.lease or DAY
end
settle_if_away(s, { id = id, ticket = ticket, lease = lease, absence = absence })
if r and holds(id) then
  list(s, HOLDERS, math.max(s.now + lease, r.keep), id)
  state = 1
end
close(s)
return state

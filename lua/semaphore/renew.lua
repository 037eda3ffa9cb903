
-- renew: a heartbeat. The script looks at the asker's own id first: a lease that ended a moment ago and that nobody
-- took is simply renewed. A renewal never creates a lease, and is given only P and P:holders (KEYS[1] and KEYS[2]):
-- while a cluster moves its slot, a script is refused that names a key which is not there, and nobody may wait.
--
-- Input:
--   1 id
--   2 ticket (0: not known to a caller that only has the id)
--   3 lease, µs (0: the one asked for)
-- Output:
--   1 renewed, 0 gone (ask for it back), -1 barred (given up for good, or void since a reset), -2 superseded; 2 gone,
--   but its keeper asks for it back, or this life of the data is so young that it may not have done so yet

local id, ticket, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local s, r = open()
if s.new then
  return 0
end
local known = math.max(ticket, r and r.ticket or 0)
local barred = r and r.lease == 0 or known > 0 and known <= s.void
hear(s, barred and 0 or ticket, lease, false)
local superseded = barred and known > 0 and known < newest(s) and known <= s.void
local returns = r and r.fence > 0 or may_return(s, ticket)
local state = superseded and -2 or barred and -1 or returns and 2 or 0
if not barred and r and holds(id) then
  need_no_memory(s)
  if s.unheard > 0 then
    has_spoken(s, r)
    settle(s, ticket)
    write(id, r)
  end
  local lease_ends = math.max(s.now + (lease > 0 and lease or r.lease), r.keep)
  list(s, HOLDERS, lease_ends, id)
  if s.queued == 0 and s.barred == 0 and s.now >= s.settle then
    s.next = first_end(HOLDERS) -- nothing else is listed, and the next renewal may be a short case again
  end
  state = 1
end
close(s)
return state

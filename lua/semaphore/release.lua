
-- release: give up the slot, or the place in the queue, for good, and hand what is free to the first waiters.
--
-- Input:
--   1 id
--   2 ticket (0: the caller is not the holder, which is told by its own next question)
--   3 bar, µs: for how long the id stays barred (0: no question of the holder can come after this)
--   4 min-hold left, µs (0: the slot is free at once)
-- Output:
--   1 it held a slot or waited, -1 it is barred already, 0 it is not known; 2 it is not known, but this life of the
--   data is so young that its holder may not have come back yet

local id, ticket, bar, hold = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local s, r = open()
local known, given_up = r and r.lease > 0, r and r.lease == 0
-- A slot that is only kept by its min-hold can still be freed, but by its holder it was given up before.
local kept = given_up and ticket == 0 and holds(id)
local barred = given_up and not kept
r = r or unknown()
if s.new and ticket == 0 and bar == 0 then
  return 0
end
hear(s, barred and 0 or ticket, 0, false)
if barred then
  close(s)
  return -1
end
if known and r.fence > 0 and s.hold >= 0 then
  local held = s.now - r.since
  s.hold = s.hold > 0 and math.min(s.hold, held) or held
end
need_no_memory(s)
give_up(s, id, r, bar, hold > 0 and s.now + hold or 0)
promote(s)
close(s)
return (known or kept) and 1 or may_return(s, ticket) and 2 or 0

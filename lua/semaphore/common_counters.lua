
-- Counters, for status and for the estimate of a wait: fields of P, which common_state.lua lists. They decide nothing.
-- luacheck: push ignore 211 (a script uses a part of this)

local ENOUGH_HOLDS = 5 -- from so many on their mean says something of the next

-- The slot of the record `r` is taken, after a wait that ended `at`. Its ticket is as old as the wait.
local function count_grant(s, r, at)
  s.granted = s.granted + 1
  if at > r.ticket then
    s.waits = s.waits + 1
    s.waited = s.waited + at - r.ticket
  end
end

-- The slot of the record `r` was held until `till`, if it was taken at all. One that is kept by its min-hold is held
-- until that ends: it is among the holders, so its time may not be among those of the holds that are over.
local function count_hold(s, r, till)
  if r and r.life > 0 then
    s.held = s.held + math.max(0, till - r.since)
  end
end

-- How long a slot is held on the average; 0: too few were for anybody to tell.
local function mean_hold(s)
  local over = s.granted - s.counted
  return over < ENOUGH_HOLDS and 0 or s.held / over
end
-- luacheck: pop


-- Numbers on which the scripts and the program must agree. The build generates limiter/agreed.hpp from this file: each
-- line `local NAME = NUMBER` becomes limiter::agreed::k_name. Times are in µs.
-- luacheck: push ignore 211 (a script uses a part of this)

-- A holder renews every third of its lease, so that two renewals may get lost, and at least every minute, because a
-- server that was away waits for one such beat of every holder.
local BEATS = 3
local LONGEST_BEAT = 60000000
-- A holder waits for an answer for a sixth of its lease, so that two more attempts fit in before the next beat, and for
-- 5 s at most, because no server that works takes longer.
local NOTICES = 6
local LONGEST_NOTICE = 5000000
-- Whoever has noticed that nobody answers tries again every half second at least: four attempts.
local ATTEMPTS = 2000000
-- Which rule of recovery keeps somebody out (common_away.lua), or that a pause does (common_orders.lua).
local ANOTHER_LIFE = 1
local YOUNG = 2
local SPARED = 3
local PAUSED = 4
-- luacheck: pop

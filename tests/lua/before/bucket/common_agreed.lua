
-- Numbers on which the scripts and the program must agree: the build generates limiter/agreed.hpp from them.
-- luacheck: push ignore 211 (a script uses a part of this)

-- No wait and no time to fill a bucket is above ten years, µs: it is the longest duration that a user can say.
local TEN_YEARS = 315532800000000
-- luacheck: pop


-- release: give up the slot, or the place in the queue, for good, and hand what is free to the first waiters.
--
-- ARGV  1 id  2 lease, µs: how long the id stays barred; 0: the caller is not the holder, which is told by its own
--       next question  3 min-hold left, µs (0: the slot is free at once)
-- Returns 1 if the id held a slot or waited, -1 if it is barred already, 0 if it is not known

local ALL_HAVE_ASKED = 2 * LONGEST_BEAT

local id, lease, hold = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local s, r = open(id)
r = r or unknown()
local known = r.lease > 0
if not known and redis.call('ZSCORE', ALIVE, id) then
  close(s, true)
  return -1
end
local outsider = lease == 0
if outsider then
  lease = math.max(r.lease, ALL_HAVE_ASKED)
end
-- An outsider's silence tells nothing: a lease without a heartbeat may be given back after hours.
settle_if_away(s, { id = id, ticket = outsider and 0 or r.ticket, lease = lease, absence = '0' })
give_up(s, id, r, lease, hold > 0 and s.now + hold or 0)
promote(s)
close(s)
return known and 1 or 0

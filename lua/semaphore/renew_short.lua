
-- renew, its common case: the lease is there, and nothing else has to be looked at.

local lease_of_record, keep_of_record = string.match(record or '', '^%d+ %d+ ([1-9]%d*) (%d+) ')
if lease_of_record and (ARGV[2] == '0' or tonumber(ARGV[2]) > tonumber(was_void or 0)) and undisturbed() then
  local lease_ends = math.max(now + (ARGV[3] == '0' and lease_of_record or ARGV[3]), tonumber(keep_of_record))
  if math.max(lease_ends + MINUTE, now + HOUR) <= tonumber(was_ends) and lease_ends >= tonumber(was_next)
    and tonumber(ARGV[3]) <= tonumber(was_longest) then
    local renewed = redis.pcall('ZADD', HOLDERS, 'XX', 'CH', int(lease_ends), ARGV[1])
    if renewed == 1 then
      redis.call('HSET', P, 'seen', int(now))
      return 1
    end
  end
end

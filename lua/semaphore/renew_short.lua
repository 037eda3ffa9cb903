
-- renew, its common case: the lease is there, and nothing else has to be looked at.
--
-- Input, Output: those of renew.lua

do
  local record, seen, run, offset, first_end, settle, ends, longest, void = unpack(redis.call('HMGET', P, ARGV[1],
    'seen', 'run', 'offset', 'next', 'settle', 'ends', 'longest', 'void'))
  local now = record and undisturbed(seen, run, offset, first_end, settle)
  local lease, keep, ticket = string.match(record or '', '^%d+ %d+ ([1-9]%d*) (%d+) (%d+) ')
  if now and lease and (not void or math.max(ARGV[2], ticket) > tonumber(void)) then
    local lease_ends = math.max(now + (ARGV[3] == '0' and lease or ARGV[3]), tonumber(keep))
    if math.max(lease_ends + MINUTE, now + HOUR) <= tonumber(ends) and lease_ends >= tonumber(first_end)
      and tonumber(ARGV[3]) <= tonumber(longest or 0)
      and redis.pcall('ZADD', HOLDERS, 'XX', 'CH', lease_ends, ARGV[1]) == 1 then
      redis.call('HSET', P, 'seen', digits(now))
      return 1
    end
  end
end

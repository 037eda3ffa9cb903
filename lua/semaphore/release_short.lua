
-- release, its common case: nobody waits, no question of this caller can come late, and no min-hold keeps the slot.

local weight_of_record = string.match(record or '', '^(%d+) %d+ [1-9]%d* ')
if weight_of_record and ARGV[3] == '0' and ARGV[4] == '0' and (was_queued or '0') == '0' and undisturbed()
  and redis.call('ZREM', HOLDERS, ARGV[1]) == 1 then
  local left = was_counted - 1
  redis.call('HSET', P, 'seen', int(now), 'used', int(was_used - weight_of_record), 'counted', int(left),
    'next', left == 0 and (was_barred or '0') == '0' and '0' or was_next)
  redis.call('HDEL', P, ARGV[1])
  return 1
end


-- release, its common case: nobody waits, no question of this caller can come late, and no min-hold keeps the slot.
--
-- Input, Output: those of release.lua

if ARGV[3] == '0' and ARGV[4] == '0' then
  local record, seen, run, offset, first_end, settle, queued, used, counted, barred, held = unpack(redis.call('HMGET',
    P, ARGV[1], 'seen', 'run', 'offset', 'next', 'settle', 'queued', 'used', 'counted', 'barred', 'held'))
  local weight, since, life = string.match(record or '', '^(%d+) %d+ [1-9]%d* %d+ %d+ %d+ (%d+) (%d+)')
  local now = weight and (not queued or queued == '0') and undisturbed(seen, run, offset, first_end, settle)
  if now and redis.call('ZREM', HOLDERS, ARGV[1]) == 1 then
    local nothing_ends = counted == '1' and (not barred or barred == '0')
    redis.call('HSET', P, 'seen', digits(now), 'used', used - weight, 'counted', counted - 1, 'next',
      nothing_ends and '0' or first_end, 'held', (held or 0) + (life == '0' and 0 or math.max(0, now - since)))
    redis.call('HDEL', P, ARGV[1])
    return 1
  end
end

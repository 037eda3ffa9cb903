
-- acquire, its two common cases: a newcomer finds a free slot and nobody waits; a waiter that is not the first asks
-- again. They decide as acquire.lua would for the same state, without what only the rare cases need.

local is_common = ARGV[5] == was_capacity and ARGV[3] == '0'
if is_common and not record and ARGV[2] == '0' and (was_queued or '0') == '0' and undisturbed() then
  local lease, keep = tonumber(ARGV[6]), ARGV[8] == '0' and 0 or now + ARGV[8]
  local lease_ends, in_use = math.max(now + lease, keep), (was_used or 0) + ARGV[4]
  if in_use <= tonumber(ARGV[5]) and math.max(lease_ends + MINUTE, now + HOUR) <= tonumber(was_ends) then
    local alone = (was_counted or '0') == '0'
    local ticket, fence = int(math.max(was_ticket + 1, now)), int(math.max((was_fence or 0) + 1, now))
    local known_longest = alone and lease or math.max(lease, tonumber(was_longest))
    local first_end = tonumber(was_next or 0)
    redis.call('HSET', P, ARGV[1], string.format('%s %s %s %.0f %s %s %.0f %s %s', ARGV[4], ARGV[5], ARGV[6], keep,
      ticket, fence, now, was_born, ARGV[13]), 'seen', int(now), 'ticket', ticket, 'fence', fence,
      'used', int(in_use), 'counted', int((was_counted or 0) + 1), 'longest', int(known_longest),
      'next', int(first_end == 0 and lease_ends or math.min(first_end, lease_ends)))
    redis.call('ZADD', HOLDERS, int(lease_ends), ARGV[1])
    redis.call('PEXPIREAT', HOLDERS, int(math.ceil(was_ends / 1000))) -- always, since the key may be a new one
    return { 1, tonumber(ticket), tonumber(fence), 0, 0, in_use, 0, 0, 0, 0, 0, known_longest }
  end
elseif is_common and record and ARGV[7] == '1' and ARGV[12] == '0' and ARGV[14] == ''
  and tonumber(ARGV[2]) > tonumber(was_void or 0) and tonumber(ARGV[9]) <= tonumber(was_longest)
  and string.match(record, '^(%d+ %d+ [1-9]%d*) %d+ ' .. ARGV[2] .. ' 0 ') == table.concat(ARGV, ' ', 4, 6)
  and undisturbed() then
  local before = redis.call('ZCOUNT', WAITERS, '-inf', '(' .. ARGV[2])
  local span = poll_span(before + 1, tonumber(was_counted), tonumber(was_hold or 0))
  if before > 0 and now + 3 * span + MINUTE <= tonumber(was_ends)
    and redis.call('ZADD', WAITERS, 'NX', ARGV[2], ARGV[1]) == 0 -- it is listed
    and redis.call('ZADD', ALIVE, 'XX', 'CH', int(now + kept_for(span)), ARGV[1]) == 1 then
    redis.call('HSET', P, 'seen', int(now))
    return { 0, tonumber(ARGV[2]), 0, before + 1, tonumber(was_queued), tonumber(was_used), 0, 0, 0, 0, span,
      tonumber(was_longest) }
  end
end

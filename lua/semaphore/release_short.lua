
-- release, its common cases: no question of this caller can come late, and no min-hold keeps the slot. Then nobody
-- waits, or the first waiter gets the slot and leaves no room for the second. Both are decided as release.lua would for
-- the same state.
--
-- Input, Output: those of release.lua

if ARGV[3] == '0' and ARGV[4] == '0' then
  local record, seen, run, offset, first_end, settle, queued, used, counted, barred, held = unpack(redis.call('HMGET',
    P, ARGV[1], 'seen', 'run', 'offset', 'next', 'settle', 'queued', 'used', 'counted', 'barred', 'held'))
  local weight, since, life = string.match(record or '', '^(%d+) %d+ [1-9]%d* %d+ %d+ %d+ (%d+) (%d+)')
  local now = weight and undisturbed(seen, run, offset, first_end, settle)
  local span = now and life ~= '0' and math.max(0, now - since) or 0
  if now and (not queued or queued == '0') and redis.call('ZREM', HOLDERS, ARGV[1]) == 1 then
    local nothing_ends = counted == '1' and (not barred or barred == '0')
    redis.call('HSET', P, 'seen', digits(now), 'used', used - weight, 'counted', counted - 1, 'next',
      nothing_ends and '0' or first_end, 'held', (held or 0) + span)
    redis.call('HDEL', P, ARGV[1])
    return 1
  end

  -- The waiter that gets the slot: it fits beside what others hold, the next one does not fit beside it, and it asks
  -- for no lease back. Nothing if release.lua must look.
  local function find_heir()
    local waiters = redis.call('ZRANGE', WAITERS, 0, 1, 'WITHSCORES')
    local first, second = unpack(redis.call('HMGET', P, waiters[1] or '', waiters[3] or ''))
    local its, capacity, lease, asked, who =
      string.match(first or '', '^(%d+) (%d+) ([1-9]%d*) (%d+ %d+) 0 %d+ %d+ (.*)$')
    local next_one, next_capacity = string.match(second or '', '^(%d+) (%d+) ')
    local in_use = its and used - weight + its
    if its and in_use <= tonumber(capacity)
      and (not waiters[3] or next_one and in_use + next_one > tonumber(next_capacity)) then
      local kept_until = redis.call('ZSCORE', ALIVE, waiters[1]) or 0
      local grace = math.max(CONFIRM_LEAST, math.min(CONFIRM, kept_until - KEPT_LEAST + CONFIRM - now))
      return waiters[1], in_use, now + math.min(grace, tonumber(lease)),
        its .. ' ' .. capacity .. ' ' .. lease .. ' ' .. asked, who
    end
  end

  local fence, ends, shortest, special, born =
    unpack(now and redis.call('HMGET', P, 'fence', 'ends', 'hold', 'special', 'born') or {})
  if now and life == born and (special or '0') == '0' and tonumber(shortest or 0) >= 0 then
    local heir, in_use, lease_ends, asked, who = find_heir()
    if heir and math.max(lease_ends + MINUTE, now + HOUR) <= tonumber(ends) then
      local at, lease_end = digits(now), int(lease_ends)
      redis.call('PEXPIREAT', HOLDERS, string.sub(ends, 1, -4)) -- the first change, see need_no_memory()
      -- The heir comes before the holder goes, because a list without entries is no key, and where a cluster's slot is
      -- about to move a script may not make one: it would fail here, with the heir in no list.
      redis.call('ZADD', HOLDERS, lease_end, heir)
      if redis.call('ZREM', HOLDERS, ARGV[1]) == 1 then
        fence = tonumber(fence) < now and at or int(fence + 1)
        redis.call('ZREM', WAITERS, heir)
        redis.call('ZREM', ALIVE, heir)
        redis.call('HSET', P, heir, asked .. ' ' .. fence .. ' ' .. at .. ' 0 ' .. who, 'seen', at, 'fence', fence,
          'used', in_use == tonumber(used) and used or in_use, 'queued', queued - 1, 'held', (held or 0) + span,
          'hold', (tonumber(shortest or 0) == 0 or span < tonumber(shortest)) and span or shortest,
          'next', lease_ends < tonumber(first_end) and lease_end or first_end)
        redis.call('HDEL', P, ARGV[1])
        -- The wake-up comes last, as in close() of common_state.lua.
        local wake = P .. ':wake:' .. heir
        local woken = redis.pcall('RPUSH', wake, '1')
        if type(woken) == 'table' and not string.find(woken.err, 'non local key', 1, true) then
          redis.call('HSET', P, 'hold', -1)
        end
        redis.pcall('PEXPIRE', wake, WAKE_TTL_MS)
        return 1
      end
      redis.call('ZREM', HOLDERS, heir) -- who gives up a slot that it has not: the long way says what that is
    end
  end
end


-- acquire, its common cases: a newcomer finds a free slot and nobody waits; a waiter takes the slot that it was handed;
-- a waiter that is not among the first asks again. Each is decided as acquire.lua would for the same state, without
-- what only the rare cases need.
--
-- Input, Output: those of acquire.lua

-- So many waiters ask every second, and are told when the next lease ends: any of them is the first soon, if those
-- before it go away.
local FIRST = 3
local NEAR = 10

-- After how long a waiter asks again if it is not woken before: a lost wake-up costs it no more. The first ones ask
-- every second, because no lease is shorter: one that was granted after their last question, and that nobody renews, is
-- seen to end when it ends, and its end is not taken for a silence (common_away.lua). Those near the front ask every
-- 2 s, whatever becomes of those before them. The turn of the others cannot come before those in front have each
-- held a slot for the shortest time known, 100 ms at least: a command that takes less is rarely worth a queue, and if
-- it is, only a wake-up that got lost makes a difference. Two minutes are the most, because 100,000 waiters who ask
-- that often take less than a tenth of a core of the server. Where nobody can be woken (-1) all ask as those do that
-- are near the front.
local function poll_span(place, slots, shortest_hold)
  if place <= FIRST then
    return SECOND
  end
  local turns = shortest_hold < 0 and 0 or math.floor((place - 1 - NEAR) / math.max(1, slots))
  return math.min(2 * MINUTE, math.max(2 * SECOND, turns * math.max(shortest_hold, SECOND / 10)))
end

-- For how long a waiter's place is kept without a word from it: two more questions may get lost, or a minute go by.
local function kept_for(span)
  return math.max(KEPT_LEAST, span + math.min(2 * span, MINUTE))
end

-- The ticket or fence after `last`, in digits: the time, unless that would not be a later one.
local function one_after(last, now, at)
  return tonumber(last or 0) < now and at or int(last + 1)
end

do
  local record, seen, run, offset, first_end, settle, queued, used, counted, ticket, fence, capacity, ends, longest,
    born, shortest_hold, granted, special = unpack(redis.call('HMGET', P, ARGV[1], 'seen', 'run', 'offset', 'next',
    'settle', 'queued', 'used', 'counted', 'ticket', 'fence', 'capacity', 'ends', 'longest', 'born', 'hold', 'granted',
    'special'))
  local is_common = ARGV[5] == capacity and ARGV[3] == '0' and (not special or special == '0') and not ARGV[15]
  local now = is_common and undisturbed(seen, run, offset, first_end, settle)
  if now and not record and ARGV[2] == '0' and (not queued or queued == '0') then
    local keep = ARGV[8] == '0' and 0 or now + ARGV[8]
    local lease_ends, in_use = math.max(now + ARGV[6], keep), (used or 0) + ARGV[4]
    if in_use <= tonumber(capacity) and math.max(lease_ends + MINUTE, now + HOUR) <= tonumber(ends) then
      local at, lease_end = digits(now), int(lease_ends)
      ticket, fence = one_after(ticket, now, at), one_after(fence, now, at)
      if not counted or counted == '0' or tonumber(ARGV[6]) > tonumber(longest or 0) then
        longest = ARGV[6]
      end
      if not first_end or first_end == '0' or lease_ends < tonumber(first_end) then
        first_end = lease_end
      end
      keep = keep == 0 and '0' or int(keep)
      redis.call('HSET', P, ARGV[1], ARGV[4] .. ' ' .. ARGV[5] .. ' ' .. ARGV[6] .. ' ' .. keep .. ' ' .. ticket
        .. ' ' .. fence .. ' ' .. at .. ' ' .. born .. ' ' .. ARGV[13], 'seen', at, 'ticket', ticket, 'fence', fence,
        'used', in_use, 'counted', (counted or 0) + 1, 'longest', longest, 'granted', (granted or 0) + 1,
        'next', first_end)
      redis.call('ZADD', HOLDERS, lease_end, ARGV[1])
      redis.call('PEXPIREAT', HOLDERS, string.sub(ends, 1, -4)) -- always, since the key may be a new one
      return { 1, tonumber(ticket), tonumber(fence), 0, 0, in_use, 0, 0, 0, 0, 0, tonumber(longest) }
    end
  elseif now and record and math.max(ARGV[6], ARGV[9]) <= tonumber(longest or 0) then
    local asked, shown, handed, since, life = string.match(record, '^(%d+ %d+ [1-9]%d*) %d+ (%d+) (%d+) (%d+) (%d+) ')
    local is_as_before = shown == ARGV[2] and asked == table.concat(ARGV, ' ', 4, 6)
    if is_as_before and handed ~= '0' and life == '0' then -- a slot was handed to it, which this question takes
      local void, waits, waited = unpack(redis.call('HMGET', P, 'void', 'waits', 'waited'))
      local keep = ARGV[8] == '0' and 0 or now + ARGV[8]
      local lease_ends, wait = math.max(now + ARGV[6], keep), math.max(0, since - shown)
      if tonumber(shown) >= math.max(tonumber(born), (void or 0) + 1) and lease_ends >= tonumber(first_end)
        and math.max(lease_ends + MINUTE, now + HOUR) <= tonumber(ends)
        and redis.pcall('ZADD', HOLDERS, 'XX', 'CH', int(lease_ends), ARGV[1]) == 1 then
        longest = counted == '1' and queued == '0' and ARGV[6] or longest
        redis.call('HSET', P, ARGV[1], asked .. ' ' .. (keep == 0 and '0' or int(keep)) .. ' ' .. shown .. ' '
          .. handed .. ' ' .. since .. ' ' .. born .. ' ' .. ARGV[13], 'seen', digits(now), 'granted',
          (granted or 0) + 1, 'waits', (waits or 0) + (wait > 0 and 1 or 0), 'waited', (waited or 0) + wait,
          'longest', longest)
        return { 1, tonumber(shown), tonumber(handed), 0, tonumber(queued), tonumber(used), 0, 0, 0, 0, 0,
          tonumber(longest) }
      end
    elseif is_as_before and handed == '0' and ARGV[7] == '1' and ARGV[12] == '0' and ARGV[14] == '' then
      local before = redis.call('ZCOUNT', WAITERS, '-inf', '(' .. shown)
      local span = poll_span(before + 1, tonumber(used or 0), tonumber(shortest_hold or 0))
      local kept_until = now + kept_for(span)
      if before >= FIRST and kept_until + MINUTE <= tonumber(ends)
        and redis.call('ZADD', ALIVE, 'XX', 'CH', kept_until, ARGV[1]) == 1 then -- so it is listed
        redis.call('HSET', P, 'seen', digits(now))
        return { 0, tonumber(shown), 0, before + 1, tonumber(queued), tonumber(used or 0), 0, 0, 0, 0, span,
          tonumber(longest or 0) }
      end
    end
  end
end

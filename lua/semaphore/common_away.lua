
-- A server that was away may have lost, or let expire, what living holders and waiters still count on. What follows is
-- decided by what the server itself can see, never by what a caller says of its own connection, because the trouble of
-- one caller must not shut out the others.
--
-- 1. Another life. Data that are gone, or that another server process wrote, may be older than what callers hold, so
--    another life of them begins. If it begins with holders, or a caller shows a ticket from before it, it settles:
--    nobody is dropped and nobody new is let in until all who live have had time to come back, or all listed holders
--    have come and two seconds have passed.
-- 2. Young. A life without holders, whose server process has run for less than two seconds or has just loaded its
--    data, lets in nobody new for that time: whoever held a slot in an earlier life tries again within it.
-- 3. Silence. Time in which the server heard nobody does not count: a lease that ended in a silence longer than a
--    third of itself, or right after it, is spared for two seconds, because its holder has been trying again all the
--    while. Free slots are given meanwhile as always. Settling or youth that ended so has two seconds more.
-- luacheck: push ignore 211 (a script uses a part of this)

local LEAST_SETTLING = 5 * SECOND -- a waiter notices a dead connection after up to 3.4 s: 2.4 s asleep and 1 s more
local WAITER_SILENCE = 3 * SECOND -- the first waiters ask every 2.4 s at least
local JUST_LOADED = MINUTE -- a server's age counts from before the loading of its data; longer ones have no youth
local YOUTH_OUTLASTED = 2
local MOST_SILENCES = 8 -- not more than that can end within the two seconds for which they count

local function beat(lease)
  return math.min(lease / BEATS, LONGEST_BEAT)
end

-- A holder whose connection died without a sign notices it at the end of its next beat, when nobody answers.
local function settling_for(lease)
  return math.max(LEAST_SETTLING, math.ceil(beat(lease) + math.min(lease / NOTICES, LONGEST_NOTICE)) + ATTEMPTS)
end

-- For how long a server of this INFO is young; 0 also for one that does not tell. It counts whole seconds.
local function youth(info)
  local uptime = string.match(info, 'uptime_in_seconds:(%d+)')
  if not uptime then
    return 0
  end
  if uptime * SECOND < JUST_LOADED then
    local more = redis.pcall('INFO', 'persistence')
    if type(more) == 'string'
      and (string.find(more, 'rdb_last_load_keys_loaded:[1-9]') or string.find(more, 'aof_enabled:1')) then
      return SPARE
    end
  end
  return math.max(0, SPARE - uptime * SECOND)
end

-- `alone`: the asker started this server, which took nobody's place. `waited_by`: the rule by which the life before was
-- still waiting for somebody, and this one goes on to: for all of its time again, where not all of them are listed.
local function begin_life(s, run, info, alone, waited_by)
  local listed = redis.call('ZCARD', HOLDERS)
  local some_are_not_listed = waited_by == ANOTHER_LIFE and s.unheard < 0
  s.born, s.run, s.silences = s.now, run, ''
  s.unheard, s.settled = listed > 0 and not some_are_not_listed and listed or -1, 0
  local young = listed == 0 and not alone and youth(info) or 0
  if waited_by == ANOTHER_LIFE then
    s.settle, s.rule, s.settled = s.now + settling_for(s.longest), ANOTHER_LIFE, 1
    return
  elseif waited_by == YOUNG then
    young = SPARE
  end
  s.settle, s.rule = young > 0 and s.now + young or 0, young > 0 and YOUNG or 0
end

-- `shown` is the ticket of the asker, 0 for none.
local function settle(s, shown)
  local knows_more = shown > 0 and (shown < s.born or shown > s.ticket)
  local settles = s.rule == ANOTHER_LIFE and s.now < s.settle
  if (knows_more or s.unheard > 0) and (s.settled ~= 1 or settles) then
    local till = s.born + settling_for(s.longest)
    if till > s.now then
      s.settle, s.rule, s.settled = till, ANOTHER_LIFE, 1
    end
  end
  if settles and s.unheard == 0 and s.now >= s.born + SPARE then
    s.settle = s.now
  end
end

-- Whether this life does not know of the ticket because it is from an earlier one, and its holder may still come back.
local function may_return(s, shown)
  return shown > 0 and shown < s.born and s.now < s.born + settling_for(s.longest)
end

local function shortest(silences)
  local at, least = 1, math.huge
  for i, silence in ipairs(silences) do
    local from, to = string.match(silence, '(%d+) (%d+)')
    if to - from < least then
      at, least = i, to - from
    end
  end
  return at
end

-- Notes the silence that this script ends, if anything ended in it or will soon. One that begins before those whom the
-- last one spared have had their two seconds, and lasts longer than these, continues it.
local function note_silence(s)
  local silence = s.now - s.seen
  if s.new or silence < SHORTEST_SILENCE or s.next == 0 or s.now + SPARE < s.next then
    return
  end
  local from, noted = s.seen, {}
  for a, b in string.gmatch(s.silences, '(%d+) (%d+);') do
    if s.seen < b + SPARE and silence > SPARE + SECOND / 2 then
      from = math.min(from, tonumber(a))
    elseif s.now < b + SPARE + (s.offset > 0 and LONGEST_BEAT or 0) then
      noted[#noted + 1] = a .. ' ' .. b .. ';'
    end
  end
  noted[#noted + 1] = int(from) .. ' ' .. int(s.now) .. ';'
  if #noted > MOST_SILENCES then
    table.remove(noted, shortest(noted))
  end
  s.silences = table.concat(noted)
end

-- Until when what ended `at` is spared, if a silence longer than `span` does so; else 0. Where the server's clock was
-- ever set back, it may also be set forward again, which looks like a silence, and which no holder can notice before
-- its next beat.
local function spared_until(s, at, span, lease)
  local till, spare = 0, SPARE + (s.offset > 0 and beat(lease) or 0)
  for from, to in string.gmatch(s.silences, '(%d+) (%d+);') do
    if at > tonumber(from) and to - from > span then
      till = math.max(till, to + spare)
    end
  end
  return till
end

-- A silence that outlasts settling or youth, or nearly so, kept away those for whom they were. Each is made longer once
-- (what follows a settling has the rule of the young), or a waiter that asks every two minutes would never see the end.
local function outlast(s)
  if s.seen >= s.settle or s.now - s.seen <= WAITER_SILENCE or s.now + SPARE <= s.settle then
    return
  end
  if s.rule == ANOTHER_LIFE then
    s.settle, s.rule = s.now + SPARE, s.now < s.settle and ANOTHER_LIFE or YOUNG
  elseif s.rule == YOUNG and s.settled == 0 then
    s.settle, s.settled = s.now + SPARE, YOUTH_OUTLASTED
  end
end

-- To be called first by every script that writes, for whoever asks: with the ticket that it shows, 0 for none, and the
-- longest lease that it knows of.
local function hear(s, shown, lease, alone)
  local waited_by = s.seen < s.settle and s.rule or 0
  note_silence(s)
  outlast(s)
  local run, info = s.run, ''
  if s.new or s.now - s.seen >= RESTART or s.set_back then
    run, info = process()
  end
  -- A ticket that was given since this life began, and that it does not know of: the data are older than the ticket.
  if s.new or run ~= s.run or shown > s.ticket and shown >= s.born and s.now >= s.settle then
    begin_life(s, run, info, alone, waited_by)
  end
  -- A newcomer's own lease is no reason to wait longer for those who held before it came.
  if shown > 0 and shown < s.born then
    s.longest = math.max(s.longest, lease)
  end
  settle(s, shown)
  if s.now >= s.settle then
    s.longest = math.max(s.longest, lease)
  end
  s.ticket = math.max(s.ticket, shown)
end

-- A holder of the record `r` has spoken, which this life may have waited for.
local function has_spoken(s, r)
  if s.unheard > 0 and r.life ~= s.born then
    s.unheard = s.unheard - 1
  end
  r.life = s.born
end
-- luacheck: pop

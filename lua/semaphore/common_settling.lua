
-- Settling: a server that was away has lost, or let expire, what living holders and waiters still count on. A caller
-- that can tell starts a time in which nobody is dropped and nobody new is granted, so that all can come back first.
-- luacheck: push ignore 211 (a script uses a part of this)

local LONGEST_BEAT = 60 * SECOND -- a holder asks every third of its lease, and at least this often
local WAITER_PATIENCE = 5 * SECOND -- a waiter asks every 2 s
local BRIEF = 2 * SECOND -- within this, all that have lost the server and live try again
local RESTART = SECOND / 20 -- no server ends and comes up again within this

-- Whether a holder (HOLDERS) or waiter (ALIVE), other than `but`, is to be dropped then. renew is not given ALIVE.
local function ends_in(from, to, key, but)
  for _, id in ipairs(key and redis.call('ZRANGEBYSCORE', key, '(' .. int(from), int(to)) or {}) do
    if id ~= but and (key == HOLDERS or redis.call('ZSCORE', WAITERS, id)) then
      return true
    end
  end
  return false
end

-- How long until the server has run for BRIEF. While it has not, those who held a slot in its earlier life may not
-- have come back yet. 0 also for one that does not tell. Its INFO counts whole seconds.
local function youth(s)
  if not s.new and s.now - s.seen < RESTART then
    return 0
  end
  local info = redis.pcall('INFO', 'server')
  local uptime = type(info) == 'string' and string.match(info, 'uptime_in_seconds:(%d+)')
  return uptime and math.max(0, BRIEF - tonumber(uptime) * SECOND) or 0
end

-- asker: id, ticket and lease, absence (see acquire), and `queued`: it has no slot yet. One that shows a ticket knows
-- better than a P that does not know of it, or that has not heard anybody of its kind for longer than the asker's own
-- questions explain. One that was cut off also counts a silence that another caller ended, who could not know. One that
-- is late on a connection that stood knows that the server lost nothing: if nobody else is about to be dropped, it was
-- away alone. A newcomer cannot tell a server that was frozen from holders that died, and nobody can from waiters that
-- did, or holders whose lease ended in the silence: they get a moment to speak. So do those whom a server that has just
-- started may have lost.
local function settle_if_away(s, asker)
  local id, ticket, lease = asker.id, asker.ticket, asker.lease
  if not s.new and s.counted > 0 and s.now - s.seen > math.min(5 * SECOND, lease / 2) then
    s.woke = s.now
  end
  local away = asker.absence == '1' or asker.absence == '2'
  local lost = s.new and (away or ticket > 0 or redis.call('ZCARD', HOLDERS) > 0)
    or ticket > s.ticket or ticket > 0 and ticket < s.born and (s.settle == 0 or s.woke == s.born and settling(s))
  local patience = asker.queued and WAITER_PATIENCE or math.max(WAITER_PATIENCE, lease / 2)
  local silent = not s.new and ticket > 0 and s.now - (asker.queued and s.asked or s.seen) > patience
  local settled = s.now + math.ceil(math.min(lease / 3, LONGEST_BEAT)) + BRIEF
  if asker.absence == '2' and not ends_in(0, settled, HOLDERS, id) and not ends_in(0, settled, ALIVE, id) then
    away, silent = false, false
  end
  local brief = s.settle - s.woke <= BRIEF -- if it settles, or has
  local cut_off = away and brief and s.now - s.woke < lease
  local young = asker.absence == '3' and not settling(s) and youth(s) or 0
  s.ticket = math.max(s.ticket, ticket)
  -- A second silence takes settling time from those who have not come back yet, so it starts again.
  if silent or cut_off or lost and (brief or not settling(s)) then
    s.settle = settled
  elseif young > 0 then
    s.woke, s.settle = s.now, s.now + young
  elseif s.woke > s.settle and s.now - s.woke < BRIEF
    and (ends_in(ticket > 0 and s.seen or 0, s.now, HOLDERS, id) or ends_in(0, s.now, ALIVE)) then
    s.settle = s.woke + BRIEF
  end
end
-- luacheck: pop

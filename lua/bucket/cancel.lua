-- cancel: give tokens back that are not due yet, if nobody reserved after them: a refund of an older reservation
-- would promise the same instant twice.
--
-- ARGV  id and tokens, once or more, the newest reservation first; of a batch (reserve.lua): the last so many of it
-- Returns how many went back

local now = server_now()
local b = load_bucket()
if not b then
  return 0
end
refill(b, now)
local batches = redis.call('HGET', KEY, 'batches') or ''

local function give_back(id, tokens)
  local last = string.sub(b.recent, -ENTRY_BYTES)
  if string.sub(last, 1, 32) ~= id or tonumber(string.sub(last, 34, 49)) <= now then
    return 0
  end
  -- Of a batch, so many as are not due: all that is promised ahead of now, since it was promised last:
  -- nothing, where a faster rate has filled the bucket meanwhile.
  local count = string.match(batches, '.*' .. id .. ' (%d+)')
  if count then
    tokens = math.max(0, math.min(tokens, tonumber(count), -b.level))
  end
  b.level = b.level + tokens
  -- Final: the id stays known, as due at once, so that a late duplicate of its acquire is not charged. It stands
  -- first, so that the reservation before it is now the newest.
  b.recent = id .. ' ' .. string.rep('0', 16) .. ';' .. string.sub(b.recent, 1, -ENTRY_BYTES - 1)
  save(b, now)
  return tokens
end

local back = 0
for i = 1, #ARGV, 2 do
  back = back + give_back(ARGV[i], tonumber(ARGV[i + 1]))
end
return back


-- Slots with names. `slots` in P is empty where they have none, else a semicolon, and for each holder its id, the names
-- that it has, with commas, and a semicolon. The names are the callers' own: a holder gets those that come first in its
-- list and that no other has. One that asks for its lease back shows what it has, because its command goes by that.
-- luacheck: push ignore 211 (a script uses a part of this)

-- Whoever frees a slot need not know of names, so they are free once their holder is not listed any more.
local function free_slots_of_nobody(s)
  s.slots = string.gsub(s.slots, '([^ ;]+) [^;]*;', function(id)
    return not redis.call('ZSCORE', HOLDERS, id) and '' or nil
  end)
end

-- What the holder has, or gets now; nothing if too few names are free. `shown`: what it had when it lost its lease.
local function slots_of(s, id, names, weight, shown)
  free_slots_of_nobody(s)
  local has = string.match(s.slots, ';' .. id .. ' ([^;]*);')
  if has then
    return has
  end
  local taken, found = {}, {}
  for others in string.gmatch(s.slots, ' ([^;]*);') do
    for name in string.gmatch(others, '[^,]+') do
      taken[name] = true
    end
  end
  for name in string.gmatch(shown or names, '[^,]+') do
    if not taken[name] and #found < weight then
      found[#found + 1] = name
    end
  end
  if #found < weight then
    return nil
  end
  -- Whoever asks for its lease back may be the first here, after the data were lost.
  s.slots = (s.slots == '' and ';' or s.slots) .. id .. ' ' .. table.concat(found, ',') .. ';'
  return table.concat(found, ',')
end
-- luacheck: pop

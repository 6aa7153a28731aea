-- GCRA (ITU-T I.371) for several keys at once: places under all of them, or under none.
-- A key holds the time, in microseconds, at which all its places are free again.
-- ARGV, three for each key: microseconds until a place comes back, places in all, places wanted
-- (some of them are enough; none only looks, less than none gives back).
-- Answers three numbers for each key: places given, places left, microseconds until one more.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local keys, refused = {}, false

-- The small part makes up for what divisions lose.
local function whole(places)
  return math.floor(places + 0.000001)
end

for at, name in ipairs(KEYS) do
  local interval = tonumber(ARGV[3 * at - 2])
  local quota = tonumber(ARGV[3 * at - 1])
  local wanted = tonumber(ARGV[3 * at])
  local free_at = tonumber(redis.call('GET', name)) or now
  -- A clock that was set back, or a smaller quota, must not shut anybody out for longer.
  free_at = math.max(now, math.min(free_at, now + quota * interval))
  local free = quota - (free_at - now) / interval
  local given = math.min(wanted, whole(free))
  if wanted > 0 and given < 1 then
    refused = true
  end
  keys[at] = { name = name, interval = interval, quota = quota, free = free, given = given }
end

local answer = {}
for at, key in ipairs(keys) do
  local given = refused and 0 or key.given
  local free = math.min(key.free - given, key.quota)
  if given ~= 0 then
    local busy = (key.quota - free) * key.interval
    if busy < 1 then
      redis.call('DEL', key.name)
    else
      redis.call('SET', key.name, string.format('%.17g', now + busy), 'PX', math.ceil(busy / 1000))
    end
  end
  local left = math.max(whole(free), 0)
  answer[3 * at - 2] = given
  answer[3 * at - 1] = left
  answer[3 * at] = math.ceil((left + 1 - free) * key.interval)
end
return answer

-- KEYS[1]: the queue's name, the prefix of its keys
-- ARGV[1]: the most jobs to forget, ARGV[2]: how many dead ones to keep
-- Returns: how many done and dead jobs were forgotten
local queue = KEYS[1]
local data, meta = queue .. ':data', queue .. ':meta'

local function forget(ids)
  for _, id in ipairs(ids) do
    redis.call('HDEL', data, id)
    redis.call('HDEL', meta .. ':result', id)
    redis.call('DEL', meta .. ':' .. id)
  end
  return #ids
end

local forgotten = forget(redis.call('SPOP', queue .. ':done', ARGV[1]))
local surplus = redis.call('SCARD', queue .. ':dead') - tonumber(ARGV[2])
if surplus > 0 then
  forgotten = forgotten + forget(redis.call('SPOP', queue .. ':dead', math.min(surplus, ARGV[1])))
end

-- An id whose job is gone (evicted, deleted by hand) would fail every fetch that meets it.
local function is_whole(id)
  return redis.call('HEXISTS', data, id) == 1 and redis.call('EXISTS', meta .. ':' .. id) == 1
end
for _, id in ipairs(redis.call('LRANGE', queue .. ':active', 0, 999)) do
  if not is_whole(id) then redis.call('LREM', queue .. ':active', 0, id) end
end
for _, worker in ipairs(redis.call('ZRANGE', queue .. ':workers', 0, 99)) do
  local inflight = queue .. ':inflight:' .. worker
  for _, id in ipairs(redis.call('SMEMBERS', inflight)) do
    if not is_whole(id) then redis.call('SREM', inflight, id) end
  end
  -- Each start of a worker leaves such a key.
  redis.call('EXPIRE', queue .. ':workers:metadata:' .. worker, 3600)
end
return forgotten


-- reset: no key is a full bucket. Who sleeps until its tokens are due goes on as it was told.
--
-- Input: nothing
-- Output:
--   1 1 if there was a bucket, else 0

return load_bucket() and redis.call('UNLINK', KEY) or 0 -- load_bucket fails on a key that is no bucket

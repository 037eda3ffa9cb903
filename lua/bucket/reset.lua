
-- reset: no key is a full bucket. Who sleeps until its tokens are due goes on as it was told.
--
-- Returns 1 if there was a bucket, else 0

return load_bucket() and redis.call('UNLINK', KEY) or 0 -- loading it first fails on a key that is no bucket

#include "limiter/bucket_status.hpp"

#include "limiter/keys.hpp"
#include "limiter/scripts.hpp"

namespace limiter {

redis::Request bucket_status(const std::string& prefix, const std::string& name)
{
    return redis::script_request(LimiterName{name, Kind::bucket}.subject(), scripts::bucket_status,
                                 {bucket_key(prefix, name)}, {}, 1);
}

std::optional<BucketStatus> read_bucket_status(const redis::Reply& reply)
{
    if (reply.integer_at(0) == 0) {
        const Orders orders = orders_at(reply, 1);
        return orders.limit || orders.pause ? std::optional(BucketStatus{.orders = orders}) : std::nullopt;
    }
    return BucketStatus{.level = reply.integer_at(1),
                        .capacity = reply.integer_at(2),
                        .amount = reply.integer_at(3),
                        .frequency = base::Micros(reply.integer_at(4)),
                        .next_refill = base::Micros(reply.integer_at(5)),
                        .next_token = base::Micros(reply.integer_at(6)),
                        .granted = reply.integer_at(7),
                        .waited = base::Micros(reply.integer_at(8)),
                        .returned = reply.integer_at(9),
                        .orders = orders_at(reply, 10)};
}

redis::Request bucket_reset(const std::string& prefix, const std::string& name)
{
    return redis::script_request(LimiterName{name, Kind::bucket}.subject(), scripts::bucket_reset,
                                 {bucket_key(prefix, name)}, {}, 0);
}

}  // namespace limiter

// Says what the facts about one server mean for limits.
#pragma once

#include "commands/doctor/report.hpp"
#include "limiter/rights.hpp"

namespace commands {

// Findings that follow from INFO and TIME. `replica_is_fine`: the server is one of several hosts, of which another may
// be the master. `counts_replicas`: a lease counts only once replicas have it.
std::vector<Finding> findings_about(const NodeReport& node, bool replica_is_fine, bool kept_in_memory,
                                    bool counts_replicas);

// Findings about replicas: `wanted` are to have what was written, and `answered` have said that they do.
std::vector<Finding> findings_about_replicas(const std::string& where, std::int64_t wanted, std::int64_t answered);

// How a probe was answered, in the order of limiter::rights().
struct Probed {
    limiter::Right right;
    redis::Reply reply;
};
struct Way {
    bool database = false;
    bool sentinel = false;
    bool cluster = false;
};
std::vector<Finding> findings_about(const std::vector<Probed>& probes, const Way& way, const NodeReport& node,
                                    const std::string& user);

// The finding for an error where none fits.
Finding refusal(const std::string& where, std::string_view error);

}  // namespace commands

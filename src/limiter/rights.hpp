// What a user of the server must be allowed to do: the one list from which doctor makes the ACL rule that it prints,
// and the calls by which it finds out what is missing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace limiter {

// The callers that cannot do without a right.
enum class Need {
    limits,    // every caller
    report,    // status, and doctor in a cluster
    database,  // who names another database than 0
    sentinel,  // who comes by a sentinel
    cluster,   // who meets a cluster that is moving a slot
};

struct Right {
    std::string rule;  // as ACL SETUSER takes it: ~pattern, +command
    Need need;
    std::vector<std::string> probe;  // a call that needs it and changes nothing
    bool about_key = false;          // and that needs the right to the keys too
};

// The right to the keys is the first one, that to EVAL the second. `replicas`: the caller waits for them.
std::vector<Right> rights(const std::string& key_prefix, int database, bool replicas);

// https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
std::string acl_rule(const std::string& key_prefix, bool replicas);

}  // namespace limiter

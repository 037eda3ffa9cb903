#include "commands/doctor/findings.hpp"

#include "base/duration.hpp"
#include "redis/fault.hpp"

namespace commands {

namespace {

using base::ExitCode;
using base::Micros;
using redis::Fault;

constexpr std::array<int, 2> k_oldest{6, 2};
constexpr Micros k_worth_telling{1000000};  // clocks further apart than this
constexpr std::int64_t k_nearly_full = 90;  // percent of the memory limit

// Collects the findings about one server.
class Findings {
public:
    explicit Findings(const std::string& where) : m_where(where) {}

    void problem(ExitCode code, std::string text) { m_all.push_back({code, m_where, std::move(text)}); }
    void note(std::string text) { problem(ExitCode::ok, std::move(text)); }

    std::vector<Finding> take() { return std::move(m_all); }

private:
    const std::string& m_where;
    std::vector<Finding> m_all;
};

void look_at_role(Findings& out, const redis::ServerInfo& info, bool replica_is_fine)
{
    if (redis::older_than(info.version, k_oldest))
        out.problem(ExitCode::internal, fmt::format("{} {} is too old: use 6.2 or newer", info.product, info.version));
    if (info.loading)
        out.problem(ExitCode::unavailable, "it is loading its data: wait until it has, and ask again");
    if (info.role != "slave")
        return;
    if (!replica_is_fine)
        out.problem(
            ExitCode::unavailable,
            fmt::format("this is a replica, which takes no writes: name its master {}, or all hosts, in --redis",
                        info.master));
    if (!info.master_reached)
        out.note(fmt::format("this replica has lost its master {}: see to their network and passwords", info.master));
}

void look_at_replicas(Findings& out, const redis::ServerInfo& info)
{
    if (info.role != "slave" && info.replicas > 0)
        out.note(fmt::format("a failover to {} can lose the newest leases: with --replicas {} they count only once {}",
                             info.replicas == 1 ? "its replica" : fmt::format("one of its {} replicas", info.replicas),
                             info.replicas, info.replicas == 1 ? "that has them" : "all have them"));
}

void look_at_memory(Findings& out, const redis::ServerInfo& info)
{
    if (info.eviction_policy.empty())
        out.note("it does not tell its maxmemory-policy: make sure that it is noeviction");
    else if (info.eviction_policy != "noeviction")
        out.problem(ExitCode::internal, fmt::format("maxmemory-policy {} may evict leases, and more than the capacity "
                                                    "would run: CONFIG SET maxmemory-policy noeviction",
                                                    info.eviction_policy));
    const std::int64_t percent = info.memory_limit > 0 ? info.memory_used * 100 / info.memory_limit : 0;
    if (percent >= k_nearly_full && percent < 100)  // full, it says so itself
        out.note(fmt::format("{} % of maxmemory is in use, and when it is full nothing is granted: raise maxmemory",
                             percent));
}

void look_at_disk(Findings& out, const redis::ServerInfo& info)
{
    if (info.save_failed)
        out.note("its last write to disk failed, after which it may refuse all writes: see its log, and free the disk");
    if (!info.append_only)
        out.note("no append-only file: a restart forgets the newest leases of sem acquire, --min-hold and used tokens; "
                 "CONFIG SET appendonly yes keeps them");
}

void look_at_clock(Findings& out, Micros ahead)
{
    // The difference is rounded, because the answer took a while to come.
    const auto apart = std::chrono::round<std::chrono::seconds>(std::chrono::abs(ahead));
    if (std::chrono::abs(ahead) > k_worth_telling)
        out.note(fmt::format("its clock is {} {} this host's: limits go by the server's and hold, but let NTP set both",
                             base::readable(apart), ahead.count() > 0 ? "ahead of" : "behind"));
}

}  // namespace

std::vector<Finding> findings_about(const NodeReport& node, bool replica_is_fine, bool kept_in_memory,
                                    bool counts_replicas)
{
    Findings out(node.address);
    if (node.info.mode == "sentinel") {
        out.problem(ExitCode::internal, "this is a sentinel: use redis+sentinel://HOST:PORT/SERVICE");
        return out.take();
    }
    look_at_role(out, node.info, replica_is_fine);
    if (!counts_replicas)
        look_at_replicas(out, node.info);
    look_at_memory(out, node.info);
    if (!kept_in_memory)
        look_at_disk(out, node.info);
    look_at_clock(out, node.clock_ahead);
    return out.take();
}

std::vector<Finding> findings_about_replicas(const std::string& where, std::int64_t wanted, std::int64_t answered)
{
    Findings out(where);
    if (answered < wanted)
        out.problem(ExitCode::unavailable,
                    fmt::format("--replicas {} cannot be met, so nothing is granted: {} of its replicas {}; see to "
                                "them, or lower it",
                                wanted, answered == 0 ? "none" : std::to_string(answered),
                                answered > 1 ? "answer" : "answers"));
    return out.take();
}

Finding refusal(const std::string& where, std::string_view error)
{
    const std::string text = redis::plain(error);
    switch (redis::classify(error)) {
    case Fault::refused:
        return {ExitCode::refused, where,
                fmt::format("it refused: {}; give the right user and password in --redis or --password-file", text)};
    case Fault::retry:
    case Fault::reconnect:
        return {ExitCode::unavailable, where, fmt::format("it cannot serve: {}; ask again later", text)};
    default: return {ExitCode::internal, where, fmt::format("it answered: {}; is this a Redis server?", text)};
    }
}

}  // namespace commands

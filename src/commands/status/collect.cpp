#include "commands/status/collect.hpp"

#include "base/natural_order.hpp"
#include "limiter/keys.hpp"
#include "redis/masters.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <set>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using limiter::Kind;
using limiter::LimiterName;

constexpr const char* k_for_status = "status";

bool is_active(const limiter::SemaphoreStatus& s)
{
    return s.used > 0 || s.waiters > 0 || s.settling > base::Micros::zero();
}

bool is_active(const limiter::BucketStatus& b)
{
    return b.level < b.capacity;
}

class Collector {
public:
    Collector(const Asker& asker, const std::string& prefix, const Wanted& wanted)
        : m_asker(asker), m_prefix(prefix), m_wanted(wanted)
    {
    }

    // Each master has a session of its own and its limiters are asked for in a row, because a session that goes to and
    // fro between masters follows a MOVED for each.
    void collect(redis::Session& session)
    {
        if (!is_cluster(m_asker.ask(session, redis::spans_slots(k_for_status, limiter::semaphore_keys(m_prefix, "a")[0],
                                                                limiter::semaphore_keys(m_prefix, "b")[0]))))
            return collect_from(session);
        const redis::Reply slots = m_asker.ask(session, redis::cluster_slots(k_for_status));
        for (const redis::Server& master : redis::masters(slots, session.server())) {
            redis::Session there(master, base::Micros::zero());
            try {
                collect_from(there);
            } catch (const Error& e) {
                m_troubles.push_back(e);
            }
        }
    }

    [[nodiscard]] Collected result() const
    {
        Collected all{{}, m_troubles};
        for (const auto& [name, status] : m_found)
            all.limiters.push_back({name, status});
        std::stable_sort(all.limiters.begin(), all.limiters.end(), [](const LimiterReport& a, const LimiterReport& b) {
            return base::is_before(a.limiter.name, b.limiter.name);
        });
        return all;
    }

private:
    using Status = decltype(LimiterReport::status);

    void collect_from(redis::Session& session)
    {
        for (const LimiterName& name : names_on(session)) {
            try {
                look_at(session, name);
            } catch (const Error& e) {
                if (e.code() != ExitCode::internal)
                    throw;
                m_found.insert_or_assign(name, Broken{e});
            }
        }
    }

    std::set<LimiterName> names_on(redis::Session& session) const
    {
        const std::string match = limiter::limiters_pattern(m_prefix);
        std::set<LimiterName> names;
        std::string cursor = "0";
        do {
            redis::Scanned round = redis::scanned(m_asker.ask(session, redis::scan(k_for_status, cursor, match)));
            for (const std::string& key : round.keys)
                if (auto name = limiter::limiter_of_key(key, m_prefix); name && wanted(name->name))
                    names.insert(std::move(*name));
            cursor = std::move(round.cursor);
        } while (cursor != "0");
        return names;
    }

    [[nodiscard]] bool wanted(const std::string& name) const
    {
        return !m_wanted.pattern || ::fnmatch(m_wanted.pattern->c_str(), name.c_str(), 0) == 0;
    }

    // A limiter that has gone since its key was seen is left out.
    void look_at(redis::Session& session, const LimiterName& limiter)
    {
        if (limiter.kind == Kind::semaphore) {
            if (auto status = limiter::read_semaphore_status(
                    m_prefix, limiter.name, m_wanted.part,
                    [&](const redis::Request& request) { return m_asker.ask(session, request); });
                status && (!m_wanted.active || is_active(*status)))
                m_found.insert_or_assign(limiter, std::move(*status));
        } else if (auto status = limiter::read_bucket_status(
                       m_asker.ask(session, limiter::bucket_status(m_prefix, limiter.name)));
                   status && (!m_wanted.active || is_active(*status))) {
            m_found.insert_or_assign(limiter, *status);
        }
    }

    const Asker& m_asker;
    const std::string& m_prefix;
    const Wanted& m_wanted;
    std::map<LimiterName, Status> m_found;
    std::vector<Error> m_troubles;
};

}  // namespace

Collected collect(const Asker& asker, redis::Session& session, const std::string& key_prefix, const Wanted& wanted)
{
    Collector collector(asker, key_prefix, wanted);
    collector.collect(session);
    return collector.result();
}

}  // namespace commands

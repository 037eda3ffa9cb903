#include "commands/doctor/node.hpp"

#include <algorithm>

namespace commands {

namespace {

using base::Micros;

constexpr Micros k_wait{1000000};  // for replicas, whose answer takes a round trip
constexpr int k_measurements = 5;  // the quickest counts: the others met something else on their way

}  // namespace

NodeAnswer NodeQuestions::ask(redis::Session& session, bool replica_is_fine) const
{
    const std::string address = session.server().nodes.front().display();
    const redis::Reply info = m_asker.ask(session, redis::info(k_doctor));
    const bool may_not_look = info.is_error() && info.text().starts_with("NOPERM");
    NodeAnswer answer;
    if (info.is_error() && !may_not_look) {
        answer.findings.push_back(refusal(address, info.text()));
        return answer;
    }
    NodeReport node{address, redis::server_info(info)};
    measure(session, node);
    if (!may_not_look) {
        answer.findings = findings_about(node, replica_is_fine, !m_settings.server, m_replicas > 0);
        answer.report = node;
    }
    if (node.info.mode == "sentinel")
        return answer;
    for (Finding& finding : probe(session, node))
        answer.findings.push_back(std::move(finding));
    if (m_replicas > 0 && node.info.role != "slave")
        for (Finding& finding : count_replicas(session, node))
            answer.findings.push_back(std::move(finding));
    return answer;
}

void NodeQuestions::measure(redis::Session& session, NodeReport& node) const
{
    node.round_trip = Micros::max();
    for (int i = 0; i < k_measurements; ++i) {
        const Micros asked = base::now_on(CLOCK_MONOTONIC);
        const Micros before = base::now_on(CLOCK_REALTIME);
        const redis::Reply reply = m_asker.ask(session, redis::time(k_doctor));
        const Micros took = base::now_on(CLOCK_MONOTONIC) - asked;
        if (took < node.round_trip) {
            node.round_trip = took;
            node.clock_ahead = reply.is_error() ? Micros{0} : redis::server_time(reply) - (before + took / 2);
        }
    }
}

std::vector<Finding> NodeQuestions::probe(redis::Session& session, const NodeReport& node) const
{
    const redis::Server& server = session.server();
    std::vector<Probed> probes;
    for (limiter::Right& right : limiter::rights(m_settings.key_prefix, server.database, m_replicas > 0)) {
        redis::Request request{k_doctor, right.probe, 0, nullptr, 0, redis::k_any_error};
        redis::Reply reply = m_asker.ask(session, request);
        probes.push_back({std::move(right), std::move(reply)});
    }
    const Way way{server.database != 0, m_by_sentinel, node.info.mode == "cluster"};
    return findings_about(probes, way, node, server.user.empty() ? "default" : server.user);
}

// Counts the replicas by WAIT, as a lease does. One of the probes has written something before, over this connection.
std::vector<Finding> NodeQuestions::count_replicas(redis::Session& session, const NodeReport& node) const
{
    const auto time =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::min(m_settings.redis_timeout / 2, k_wait));
    const redis::Reply reply = m_asker.ask(session, {k_doctor,
                                                     {"WAIT", std::to_string(m_replicas), std::to_string(time.count())},
                                                     0,
                                                     nullptr,
                                                     0,
                                                     redis::k_any_error});
    if (!reply.is_integer())
        return {};  // a right that is missing has been told
    return findings_about_replicas(node.address, static_cast<std::int64_t>(m_replicas), reply.integer());
}

}  // namespace commands

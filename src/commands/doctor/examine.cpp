#include "commands/doctor/examine.hpp"

#include "commands/doctor/local_server.hpp"
#include "commands/doctor/node.hpp"
#include "commands/session.hpp"
#include "redis/fault.hpp"
#include "redis/masters.hpp"
#include "redis/sentinel.hpp"

#include <algorithm>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using redis::Node;
using redis::Server;
using redis::Session;

// The settings with each host's share of --redis-timeout: the whole takes no longer than that if no host answers.
Settings shared_out(Settings settings)
{
    if (settings.server)
        settings.redis_timeout /= static_cast<std::int64_t>(settings.server->nodes.size());
    return settings;
}

class Examination {
public:
    Examination(const Settings& settings, std::size_t replicas, DoctorReport& report)
        : m_settings(shared_out(settings)), m_asker(m_settings),
          m_questions(m_settings, m_asker, settings.server && !settings.server->service.empty(), replicas),
          m_report(report)
    {
    }

    void examine_local_server()
    {
        m_report.findings.push_back(who_shares_local_server(m_report));
        try {
            Session session = open_session(m_settings);
            examine_node(session, false);
            for (Finding& finding : home_of_local_server(m_report, m_settings.redis_timeout))
                m_report.findings.push_back(std::move(finding));
        } catch (const Error& e) {
            m_report.findings.push_back(failure(m_report.server, e));
        }
    }

    void examine_hosts(const Server& server)
    {
        const bool several = server.nodes.size() > 1;
        std::vector<Finding> silent;
        std::optional<Node> in_cluster;
        for (const Node& node : server.nodes) {
            const std::size_t before = m_report.nodes.size();
            if (auto failure = examine_one(only(server, node), several))
                silent.push_back(std::move(*failure));
            else if (m_report.nodes.size() > before && m_report.nodes.back().info.mode == "cluster")
                in_cluster = node;
        }
        // A caller goes on to the next of several hosts, but not from one that refuses it.
        for (Finding& failure : silent) {
            if (failure.code == ExitCode::unavailable && silent.size() < server.nodes.size())
                failure.code = ExitCode::ok;
            m_report.findings.push_back(std::move(failure));
        }
        if (in_cluster)
            examine_cluster(only(server, *in_cluster));
        else if (several && silent.size() < server.nodes.size())
            require_one_master();
    }

    void examine_behind_sentinels(const Server& server)
    {
        std::vector<Node> named;
        std::vector<Finding> silent;
        for (const Node& sentinel : server.nodes)
            ask_sentinel(server, sentinel, named, silent);
        for (Finding& failure : silent) {
            if (!named.empty())
                failure.code = ExitCode::ok;
            m_report.findings.push_back(std::move(failure));
        }
        if (named.size() > 1)
            problem(ExitCode::unavailable, m_report.server,
                    "the sentinels name several masters: wait until the failover is over, or see which of them are "
                    "cut off");
        for (const Node& master : named)
            if (auto failure = examine_one(only(server, master), false))
                m_report.findings.push_back(std::move(*failure));
    }

private:
    static Server only(Server server, Node node)
    {
        server.nodes = {std::move(node)};
        server.service.clear();
        return server;
    }

    void problem(ExitCode code, const std::string& where, std::string text)
    {
        m_report.findings.push_back({code, where, std::move(text)});
    }

    // Examines one server; returns why that cannot be asked, if it cannot.
    std::optional<Finding> examine_one(const Server& server, bool replica_is_fine)
    {
        Session session(server, base::Micros::zero());
        try {
            examine_node(session, replica_is_fine);
            return std::nullopt;
        } catch (const Error& e) {
            return failure(server.nodes.front().display(), e);
        }
    }

    static Finding failure(const std::string& where, const Error& e)
    {
        std::string text = e.what();
        if (const std::string start = fmt::format("{}: ", k_doctor); text.starts_with(start))
            text.erase(0, start.size());
        return {e.code(), where, std::move(text)};
    }

    void examine_node(Session& session, bool replica_is_fine)
    {
        NodeAnswer answer = m_questions.ask(session, replica_is_fine);
        if (answer.report)
            m_report.nodes.push_back(std::move(*answer.report));
        std::move(answer.findings.begin(), answer.findings.end(), std::back_inserter(m_report.findings));
    }

    // The rights and settings of each master are its own.
    void examine_cluster(const Server& seed)
    {
        Session session(seed, base::Micros::zero());
        redis::Request question = redis::cluster_slots(k_doctor);
        question.expected = redis::k_any_error;
        const redis::Reply slots = m_asker.ask(session, question);
        if (slots.is_error())
            return;  // a right that is missing has been told
        if (const std::int64_t served = redis::served_slots(slots); served < redis::k_slots)
            problem(ExitCode::unavailable, m_report.server,
                    fmt::format("{} of {} slots of the cluster have no master: assign them, or limits that live there "
                                "cannot be had",
                                redis::k_slots - served, redis::k_slots));
        for (const Server& master : redis::masters(slots, seed)) {
            const std::string address = master.nodes.front().display();
            const auto same = [&](const NodeReport& node) { return node.address == address; };
            if (std::none_of(m_report.nodes.begin(), m_report.nodes.end(), same))
                if (auto failure = examine_one(master, false))
                    m_report.findings.push_back(std::move(*failure));
        }
    }

    // Callers take the first host that answers as a master.
    void require_one_master()
    {
        const auto is_master = [](const NodeReport& node) { return node.info.role == "master"; };
        const auto count = std::count_if(m_report.nodes.begin(), m_report.nodes.end(), is_master);
        if (count > 1)
            problem(ExitCode::internal, m_report.server,
                    "several of these hosts are masters of their own: callers would not share limits; name one master "
                    "and its replicas");
        if (count == 0 && !m_report.nodes.empty())
            problem(ExitCode::unavailable, m_report.server,
                    "none of these hosts is a master: add it to --redis, or make one of them a master");
    }

    // User and password are the master's: a sentinel sees them only if it wants a login, as with callers.
    redis::Reply asked_for_master(const Server& server, const Node& sentinel)
    {
        const redis::Request question{k_doctor,          redis::master_question(server.service), 0, nullptr, 0,
                                      redis::k_any_error};
        Server there = only(server, sentinel);
        there.user.clear();
        there.password = {};
        there.database = 0;
        Session session(there, base::Micros::zero());
        redis::Reply reply = m_asker.ask(session, question);
        const bool can_log_in = !server.user.empty() || !server.password.empty();
        if (!reply.is_error() || !redis::wants_login(reply.text()) || !can_log_in)
            return reply;
        there.user = server.user;
        there.password = server.password;
        Session login(there, base::Micros::zero());
        return m_asker.ask(login, question);
    }

    void ask_sentinel(const Server& server, const Node& sentinel, std::vector<Node>& named,
                      std::vector<Finding>& silent)
    {
        const std::string address = sentinel.display();
        try {
            const redis::Reply reply = asked_for_master(server, sentinel);
            if (reply.is_error()) {
                silent.push_back(refusal(address, reply.text()));
            } else if (const auto master = redis::named_master(reply)) {
                if (std::find(named.begin(), named.end(), *master) == named.end())
                    named.push_back(*master);
            } else {
                silent.push_back({ExitCode::unavailable, address,
                                  fmt::format("this sentinel knows no service '{}': see its configuration, and --redis",
                                              server.service)});
            }
        } catch (const Error& e) {
            silent.push_back(failure(address, e));
        }
    }

    Settings m_settings;
    Asker m_asker;
    NodeQuestions m_questions;
    DoctorReport& m_report;
};

}  // namespace

void examine(const Settings& settings, std::size_t replicas, DoctorReport& report)
{
    Examination examination(settings, replicas, report);
    if (!settings.server)
        examination.examine_local_server();
    else if (settings.server->service.empty())
        examination.examine_hosts(*settings.server);
    else
        examination.examine_behind_sentinels(*settings.server);
}

}  // namespace commands

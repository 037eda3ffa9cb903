#include "redis/session.hpp"

#include "base/advice.hpp"
#include "base/error.hpp"
#include "redis/fault.hpp"
#include "redis/redirection.hpp"
#include "redis/sentinel.hpp"

#include <algorithm>
#include <utility>

namespace redis {

namespace {

using base::Deadline;
using base::Error;
using base::ExitCode;
using Peer = Connection::Peer;

constexpr base::Micros k_long_look_up{100000};  // of host names: a user who presses Ctrl-C waits no longer than that
constexpr base::Micros k_late{150000};  // a server looks only ten times a second whom it need not block any longer
constexpr int k_most_redirections = 8;  // of one request: two nodes that name each other must not hold it for ever

}  // namespace

Session::Session(Server server, base::Micros patience, Revive revive)
    : m_server(std::move(server)), m_patience(patience), m_revive(std::move(revive)), m_seeds(m_server.nodes.size())
{
}

void Session::connect()
{
    if (m_request)
        drop();
    if (!m_connection)
        connect_or_revive();
}

void Session::start(Request request, Deadline answer_by)
{
    connect();
    m_answer_by = answer_by;
    m_redirections = 0;
    m_request = std::move(request);
    if (state() != State::finding)
        send_request();
}

Session::State Session::state() const
{
    if (!m_connection)
        return State::away;
    if (m_peer == Peer::sentinel)
        return State::finding;
    if (!m_request)
        return State::idle;
    return m_script_answer ? State::counting : State::asked;
}

void Session::connect_or_revive()
{
    bool listens = true;
    try {
        connect_to_any();
    } catch (const Unavailable&) {
        if (!m_revive)
            throw;
        listens = false;
    }
    if (m_revive)
        m_server_is_first = !m_revive(listens);
    if (!listens)
        connect_to_any();
}

// The owner of the slot if it is known; else the first node that does not refuse at once. Looking up a name blocks:
// when that has taken a while, the rest is left to the next attempt, before which the caller looks at the time and at
// signals.
void Session::connect_to_any()
{
    if (m_owner)
        return connect_to(*m_owner, Peer::server);
    const Peer peer = m_server.service.empty() ? Peer::server : Peer::sentinel;
    const Deadline rest_is_left = Deadline::after(k_long_look_up);
    for (std::size_t tried = 1;; ++tried) {
        try {
            return connect_to(m_server.nodes[m_seeds.next()], peer);
        } catch (const Unavailable&) {
            m_seeds.failed();
            if (tried == m_server.nodes.size() || rest_is_left.passed())
                throw;
        }
    }
}

void Session::connect_to(const Node& node, Peer peer)
{
    const Node copy = node;  // NOLINT(performance-*): the node may stand in the connection that goes now
    m_connection.reset();
    m_script_answer.reset();
    m_connection.emplace(m_server, copy, peer);
    m_peer = peer;
    m_move_on = m_server.nodes.size() > 1 ? Deadline::after(m_patience) : Deadline::never();
    if (peer == Peer::sentinel)
        ask_sentinel();
}

void Session::ask_sentinel()
{
    const auto question = master_question(m_server.service);
    m_connection->send({question.begin(), question.end()});
}

void Session::send_request()
{
    if (m_request->script != nullptr)
        send_script("EVALSHA", m_request->script->sha1);
    else
        m_connection->send(Words(m_request->words.begin(), m_request->words.end()));
}

void Session::send_script(std::string_view command, std::string_view script)
{
    Words words{command, script};
    words.insert(words.end(), m_request->words.begin(), m_request->words.end());
    m_connection->send(words);
    if (m_request->copies.replicas > 0)
        ask_for_copies();
}

// WAIT goes right behind the script, in the same write (https://redis.io/docs/latest/commands/wait/). The server gives
// up before the caller does, because what it says of the replicas tells more than its silence; what is too short for
// that is left to the caller. A time of 0 would be for ever.
void Session::ask_for_copies()
{
    using std::chrono::milliseconds;
    const base::Micros left = m_answer_by.is_never() ? base::Micros::zero() : m_answer_by.left();
    const auto time = std::chrono::ceil<milliseconds>(left > 2 * k_late ? left - k_late : left);
    const std::string replicas = std::to_string(m_request->copies.replicas);
    m_connection->send({"WAIT", replicas, std::to_string(time.count())});
}

std::optional<Reply> Session::advance()
{
    if (!m_connection)
        return std::nullopt;
    const bool asked = m_request.has_value();
    try {
        while (auto reply = m_connection->receive())
            if (auto answer = checked(std::move(*reply)))
                return answer;
        // A script answers at once; a blocking command only proves that there is a connection.
        if (m_connection->established() && state() == State::asked && m_request->script == nullptr)
            m_move_on = Deadline::never();
        if (m_move_on.passed())
            give_up();
    } catch (const Unavailable&) {
        drop();
        if (const auto refusal = m_seeds.verdict())
            throw *refusal;
        if (asked)
            throw;
    } catch (const Rejected& e) {
        const Error error = rejection(e);
        // Hosts of one server have the same users, but a certificate each; a sentinel has both of its own.
        if (!asks_seed() || (state() != State::finding && e.code() != ExitCode::unavailable)) {
            drop();
            throw error;
        }
        m_seeds.refused(error);
        drop();
        if (const auto refusal = m_seeds.verdict())
            throw *refusal;
        if (asked)
            throw Unavailable(e.what());
    }
    return std::nullopt;
}

// The error for the user. The node is named, unless the URL has no other.
Error Session::rejection(const Rejected& why) const
{
    const Node& node = m_connection->node();
    const bool only = m_server.nodes.size() == 1 && m_server.nodes.front() == node;
    return Error(why.code(), "{}{}{} {}", m_request ? m_request->subject + ": " : "", m_server.display(),
                 only ? "" : fmt::format(": {}{}", state() == State::finding ? "the sentinel " : "", node.display()),
                 why.what());
}

// Returns nothing while the answer to the caller's question is still to come. What a script answers is looked at only
// when the answer about the replicas, which follows it, has been read too.
std::optional<Reply> Session::checked(Reply reply)
{
    if (!m_request)
        throw CannotServe("it gave an answer that nobody asked for");
    if (state() == State::finding) {
        heard_sentinel(reply);
        return std::nullopt;
    }
    if (m_request->copies.replicas == 0 || reply.is_error())
        return judged(std::move(reply));  // no error leaves a connection to which an answer is still to come
    if (!m_script_answer) {
        m_script_answer = std::move(reply);
        m_move_on = Deadline::never();  // the node serves; its replicas are waited for
        return std::nullopt;
    }
    Reply answer = *std::exchange(m_script_answer, std::nullopt);
    require_copies(answer, reply);
    return judged(std::move(answer));
}

// Too few replicas: the connection goes with this, since a master without its replicas may be one no longer, and
// whoever asks again looks for the server anew.
void Session::require_copies(const Reply& answer, const Reply& waited)
{
    require_shape(answer);
    const Copies copies = m_request->copies;
    const bool counts =
        !copies.promise || *copies.promise == (answer.is_integer() ? answer.integer() : answer.integer_at(0));
    const std::int64_t have = waited.integer();
    if (!counts || have >= static_cast<std::int64_t>(copies.replicas))
        return;
    m_request.reset();  // it was answered: the server cannot get to it later
    throw TooFewReplicas(fmt::format("only {} of {} replicas have it", have, copies.replicas));
}

std::optional<Reply> Session::judged(Reply reply)
{
    const bool expected = m_request->expected && reply.text().starts_with(*m_request->expected);
    if (!reply.is_error() || expected) {
        require_shape(reply);
        m_seeds.served();
        m_move_on = Deadline::never();
        m_request.reset();
        if (m_peer == Peer::importing)
            m_connection.reset();
        return reply;
    }
    switch (classify(reply.text())) {
    case Fault::unknown_script:
        if (m_request->script == nullptr)
            reject(reply, false);
        if (m_request->copies.replicas > 0)
            connect_to(m_connection->node(), m_peer);  // the old connection may be blocked in WAIT
        else if (m_peer == Peer::importing)
            m_connection->send_asking();  // the last ASKING was good for the EVALSHA alone
        send_script("EVAL", m_request->script->text);
        return std::nullopt;
    case Fault::moved: redirect(reply, Peer::server); return std::nullopt;
    case Fault::ask: redirect(reply, Peer::importing); return std::nullopt;
    case Fault::retry: m_request.reset(); throw CannotServe(plain(reply.text()));
    case Fault::reconnect: throw CannotServe(plain(reply.text()));
    case Fault::refused: reject(reply, true);
    case Fault::nonsense: break;
    }
    reject(reply, false);
}

// User and password are the master's. They are tried with a sentinel that wants a login, and not shown to any other.
void Session::heard_sentinel(const Reply& reply)
{
    if (reply.is_error() && wants_login(reply.text()) && m_connection->log_in(m_server))
        return ask_sentinel();
    const auto master = named_master(reply);
    if (!master)
        throw Unavailable(
            fmt::format("the sentinel {} knows no service '{}'", m_connection->node().display(), m_server.service));
    m_seeds.served();
    connect_to(*master, Peer::master);
    send_request();
}

void Session::redirect(const Reply& reply, Peer peer)
{
    const auto node = redirected_to(reply.text(), m_connection->node());
    if (!node)
        reject(reply, false);
    if (++m_redirections > k_most_redirections)
        throw CannotServe(fmt::format("its nodes send us round in circles: {}", reply.text()));
    if (peer == Peer::server)
        m_owner = node;
    connect_to(*node, peer);
    send_request();
}

void Session::require_shape(const Reply& reply) const
{
    bool good = m_request->script == nullptr || m_request->integers > 0 || reply.is_integer();
    for (std::size_t i = 0; i < m_request->integers; ++i)
        good = good && reply.is_integer_at(i);
    if (!good)
        throw Error(ExitCode::internal, "{}: {} answered something else than the script {}: is this a Redis server?",
                    m_request->subject, m_server.display(), m_request->script->name);
}

void Session::reject(const Reply& reply, bool refused) const
{
    if (refused)
        throw Error(ExitCode::refused, "{}: {} refused: {}; {}", m_request->subject, m_server.display(),
                    plain(reply.text()),
                    base::advice(wants_login(reply.text()) ? base::Advice::log_in : base::Advice::get_rights));
    if (is_unknown_command(reply.text()))
        throw Error(ExitCode::internal,
                    "{}: {} answered: {}; is it a sentinel? A sentinel is redis+sentinel://HOST:PORT/SERVICE",
                    m_request->subject, m_server.display(), plain(reply.text()));
    throw Error(
        ExitCode::internal, "{}: {} answered{}: {}; {}", m_request->subject, m_server.display(), places(*m_request),
        plain(reply.text()),
        base::advice(is_wrong_type(reply.text()) ? base::Advice::use_other_keys : base::Advice::see_what_is_wrong));
}

void Session::drop()
{
    // The owner of a slot may have lost it, or one of several nodes its role: ask the next one who has it.
    if (m_connection && !m_owner)
        m_seeds.failed();
    m_may_run_late = m_may_run_late || (m_request && m_request->script != nullptr && !m_script_answer);
    m_owner.reset();
    m_connection.reset();
    m_script_answer.reset();
    m_request.reset();
    m_move_on = Deadline::never();
}

// Whether the node that is asked is one of the URL's: what it does says something about the others, and that of a node
// which another one has named does not.
bool Session::asks_seed() const
{
    return !m_owner && m_peer != Peer::importing && (m_server.service.empty() || state() == State::finding);
}

void Session::give_up()
{
    const std::size_t copies = m_script_answer ? m_request->copies.replicas : 0;
    const std::string why = m_connection ? m_connection->silence() : "no answer in time";
    drop();
    if (copies > 0)
        throw TooFewReplicas(fmt::format("fewer than {} replicas have it in time", copies));
    throw Unavailable(why);
}

pollfd Session::interest() const
{
    return m_connection ? m_connection->interest() : pollfd{-1, 0, 0};
}

}  // namespace redis

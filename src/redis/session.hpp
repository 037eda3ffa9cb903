// One logical server and one request at a time, over as many connections as it takes: a session follows a cluster's
// redirections, asks sentinels for the master, and goes on to the next host of several. It never blocks, but for the
// look-up of a host name: the caller (run::Exchange) polls interest() until next() and calls advance().
//
//     away ── connect() ──▶ idle ── start() ──▶ asked ── the answer ──▶ idle
//      │                                        ▲   │
//      │ start(), the URL names sentinels       │   └ of a script that replicas must have ─▶ counting ─▶ idle
//      └──▶ finding ── the master's address ────┘
//
// From any state a connection that breaks, drop() or give_up() leads back to away, and the request is forgotten. How
// often it is repeated is up to the caller: a server that cannot serve now is Unavailable, and start() again makes a
// new attempt. The server may have done a request whose answer was lost, so requests must be safe to repeat.
#pragma once

#include "base/clock.hpp"
#include "redis/connection.hpp"
#include "redis/request.hpp"
#include "redis/seeds.hpp"
#include "redis/unavailable.hpp"
#include "redis/url.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace redis {

class Session {
public:
    // Called when the server's address has been tried. If nobody listens there it may start a server; true tells that
    // one which had run there before is gone. An empty function starts nothing.
    using Revive = std::function<bool(bool listens)>;

    // `patience` is how long, in µs, to wait for one of several nodes before the next is tried.
    Session(Server server, base::Micros patience, Revive revive = {});

    // Begins to connect if there is no connection. A request that still waits for its answer is given up with its
    // connection. Throws Unavailable, and what Revive throws.
    void connect();

    // Connects as connect() does, and sends a request. `answer_by` is how long the caller waits for the answer: the
    // server waits no longer than that for the replicas that are to have what it wrote.
    void start(Request request, base::Deadline answer_by = base::Deadline::never());

    // The answer, or nothing yet. Throws Unavailable; Error (refused, internal, unavailable) that waiting would not
    // mend, naming limiter, server and key. One of several nodes that will not do is Unavailable until all have been
    // tried.
    std::optional<Reply> advance();

    // Gives up the connection and the request that waits on it; the next attempt looks for the server anew.
    void drop();

    // The answer is too late for the caller: drops the connection, and throws Unavailable that says what was waited
    // for.
    [[noreturn]] void give_up();

    [[nodiscard]] bool connected() const { return state() != State::away; }

    // A request is under way, and has no answer yet.
    [[nodiscard]] bool waiting() const { return m_request.has_value(); }

    // What to poll(2) for; fd -1 without a connection.
    [[nodiscard]] pollfd interest() const;

    // advance() is to be called by then even if nothing is ready.
    [[nodiscard]] base::Deadline next() const { return m_move_on; }

    // Whether a script was ever given up before its answer came: the server may still run it, at any later time.
    [[nodiscard]] bool may_run_late() const { return m_may_run_late; }

    // Whether the server is known to be the first at its address: Revive started it, and none had run there before. It
    // is right only once connect() has returned.
    [[nodiscard]] bool server_is_first() const { return m_server_is_first; }

    // Why one of the nodes will not do, while none has served yet: for a caller that waits no longer.
    [[nodiscard]] std::optional<base::Error> refusal() const { return m_seeds.refusal(); }

    [[nodiscard]] const Server& server() const { return m_server; }

private:
    enum class State { away, idle, finding, asked, counting };

    // The state is told by the members that are there, because a second record of it could contradict them.
    [[nodiscard]] State state() const;

    void connect_or_revive();
    void connect_to_any();
    void connect_to(const Node& node, Connection::Peer peer);
    void ask_sentinel();
    void send_request();
    void send_script(std::string_view command, std::string_view script);
    void ask_for_copies();
    std::optional<Reply> checked(Reply reply);
    std::optional<Reply> judged(Reply reply);
    void require_copies(const Reply& answer, const Reply& waited);
    void heard_sentinel(const Reply& reply);
    void redirect(const Reply& reply, Connection::Peer peer);
    [[nodiscard]] bool asks_seed() const;
    [[nodiscard]] base::Error rejection(const Rejected& why) const;
    void require_shape(const Reply& reply) const;
    [[noreturn]] void reject(const Reply& reply, bool refused) const;

    Server m_server;
    base::Micros m_patience;
    Revive m_revive;
    Seeds m_seeds;                // the nodes of m_server
    std::optional<Node> m_owner;  // the node that has the slot of the keys, named by MOVED
    std::optional<Connection> m_connection;
    base::Deadline m_move_on = base::Deadline::never();  // to the next of several nodes, if this one is silent
    std::optional<Request> m_request;
    base::Deadline m_answer_by = base::Deadline::never();
    std::optional<Reply> m_script_answer;  // held back until it is known how many replicas have what the script wrote
    Connection::Peer m_peer = Connection::Peer::server;  // of m_connection; an importing one is good for one request
    int m_redirections = 0;                              // of m_request
    bool m_may_run_late = false;
    bool m_server_is_first = false;
};

}  // namespace redis

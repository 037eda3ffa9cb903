// One logical server and one request at a time, over as many connections as it takes: follows a cluster's redirections,
// asks sentinels for the master, goes on to the next host of several. Never blocks, but for the look-up of a host
// name: the caller polls interest() until next() and calls advance().
//
// Who waits decides how long: a server that cannot serve now is Unavailable, and start() again makes a new attempt.
// Requests are made so that repeating one is safe.
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
    // Called when the server's address has been tried. If nobody listens there it may start a server; it tells whether
    // one that had run there before is gone. Empty: nothing is started.
    using Revive = std::function<bool(bool listens)>;

    // `patience`: how long to wait for one of several nodes before the next is tried.
    Session(Server server, base::Micros patience, Revive revive = {});

    // Connects if need be. A request that still waits for its answer is given up with its connection. What a request
    // says of took_a_place() is right only after this. Throws Unavailable.
    void connect();

    // The same, and sends a request. `answer_by`: how long the caller waits for it; the server waits no longer for the
    // replicas that are to have it.
    void start(Request request, base::Deadline answer_by = base::Deadline::never());

    // The answer, or nothing yet. Throws Unavailable; Error (refused, internal, unavailable) that waiting would not
    // mend, naming limiter, server and key. One of several nodes that will not do is Unavailable until all have been
    // tried.
    std::optional<Reply> advance();

    // Gives up the connection and the request that waits on it; the next attempt looks for the server anew.
    void drop();

    // The answer is too late for the caller: drops, and throws Unavailable that says what was waited for.
    [[noreturn]] void give_up();

    [[nodiscard]] bool connected() const { return m_connection.has_value(); }
    [[nodiscard]] bool waiting() const { return m_request.has_value(); }

    // To poll(2) for; fd -1 without a connection.
    [[nodiscard]] pollfd interest() const;

    // advance() is to be called by then even if nothing is ready.
    [[nodiscard]] base::Deadline next() const { return m_move_on; }

    // Whether a script was ever sent whose answer was not waited for: the server may still run it.
    [[nodiscard]] bool gave_up_a_script() const { return m_gave_up_a_script; }

    // Whether the server may have taken the place of one that others had used: not one that is known to be the first.
    [[nodiscard]] bool took_a_place() const { return m_took_a_place; }

    // Of those who have been tried while none has served yet: why one will not do, for whoever waits no longer.
    [[nodiscard]] std::optional<base::Error> refusal() const { return m_seeds.refusal(); }

    [[nodiscard]] const Server& server() const { return m_server; }

private:
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
    std::optional<Node> m_owner;  // of the keys' slot, named by MOVED
    std::optional<Connection> m_connection;
    base::Deadline m_move_on = base::Deadline::never();  // to the next of several nodes, if this one is silent
    std::optional<Request> m_request;
    base::Deadline m_answer_by = base::Deadline::never();
    std::optional<Reply> m_script_answer;  // held back until it is known how many replicas have what the script wrote
    bool m_asking_sentinel = false;
    Connection::Peer m_peer = Connection::Peer::server;  // asked: the connection is good for this one request only
    int m_redirections = 0;
    bool m_gave_up_a_script = false;
    bool m_took_a_place = true;
};

}  // namespace redis

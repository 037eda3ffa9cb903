// One logical server and one request at a time, over as many connections as it takes: follows a cluster's redirections,
// asks sentinels for the master, goes on to the next host of several. Never blocks, but for the look-up of a host
// name: the caller polls interest() until next() and calls advance().
//
// Who waits decides how long: a server that cannot serve now is Unavailable, and start() again makes a new attempt.
// Requests are made so that repeating one is safe.
#pragma once

#include "base/clock.hpp"
#include "redis/connection.hpp"
#include "redis/script.hpp"
#include "redis/unavailable.hpp"
#include "redis/url.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace redis {

// Request::expected of who wants to see what the server says, a redirection too.
inline constexpr std::string_view k_any_error;

struct Request {
    std::string subject;             // for messages: "sem 'api'"
    std::vector<std::string> words;  // of a script: the keys' number, the keys, the arguments
    std::size_t first_key = 0;       // its place in words, for messages; 0: no key
    const Script* script = nullptr;  // null: a plain command
    std::size_t integers = 0;        // what a script answers: an array of at least so many, or, for 0, a single one
    std::optional<std::string_view> expected = {};  // an error that begins so is an answer, not a fault
};

// KEYS and ARGV of EVALSHA (https://redis.io/docs/latest/commands/evalsha/).
Request script_request(std::string subject, const Script& script, const std::vector<std::string>& keys,
                       std::vector<std::string> args, std::size_t integers);

class Session {
public:
    // Called when the server's address has been tried. If nobody listens there it may start a server; it tells whether
    // one that had run there before is gone. Empty: nothing is started.
    using Revive = std::function<bool(bool listens)>;

    // `patience`: how long to wait for one of several nodes before the next is tried.
    Session(Server server, base::Micros patience, Revive revive = {});

    // Connects if need be. A request that still waits for its answer is given up with its connection. What a request
    // says of away() is right only after this. Throws Unavailable.
    void connect();

    // The same, and sends a request.
    void start(Request request);

    // The answer, or nothing yet. Throws Unavailable; Error (refused, internal), naming limiter, server and key.
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

    // True if, since the last answer of a script, the server could not be reached, was silent or would not serve: what
    // it knows of us, and of those who came before us, may be old or lost.
    [[nodiscard]] bool away() const { return m_away; }

    [[nodiscard]] const Server& server() const { return m_server; }

private:
    void connect_or_revive();
    void connect_to_any();
    void connect_to(const Node& node, Connection::Peer peer);
    void send_request();
    void send_script(std::string_view command, std::string_view script);
    std::optional<Reply> checked(Reply reply);
    void found_master(const Reply& reply);
    void redirect(const Reply& reply, Connection::Peer peer);
    void served();
    bool tells_of_absence();
    void require_shape(const Reply& reply) const;
    [[noreturn]] void reject(const Reply& reply, bool refused) const;

    Server m_server;
    base::Micros m_patience;
    Revive m_revive;
    std::size_t m_first = 0;      // the node of m_server to try first
    std::optional<Node> m_owner;  // of the keys' slot, named by MOVED
    std::optional<Connection> m_connection;
    base::Deadline m_move_on = base::Deadline::never();  // to the next of several nodes, if this one is silent
    std::optional<Request> m_request;
    bool m_asking_sentinel = false;
    bool m_asked = false;  // the connection is good for this one request only
    int m_redirections = 0;
    bool m_away = false;
    bool m_served = false;           // a script has answered
    std::size_t m_failed_seeds = 0;  // before that
};

}  // namespace redis

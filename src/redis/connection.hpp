// One connection: commands go out, answers come in, in order, and nothing blocks. hiredis reads the answers; the socket
// is ours, because that of hiredis 0.14 is not close-on-exec, dies of SIGPIPE and knows no TLS. A Session owns it, and
// makes another when it breaks.
#pragma once

#include "redis/reply.hpp"
#include "redis/socket.hpp"
#include "redis/url.hpp"

#include <poll.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct redisReader;

namespace redis {

using Words = std::vector<std::string_view>;

class Connection {
public:
    // The kind of node at the other end, which decides what is said first, in one write. No command goes out before it
    // is accepted: a server that refuses a user or a database still does what it hears next, as another user or in
    // another database.
    enum class Peer {
        server,     // AUTH and SELECT, if needed
        master,     // and ROLE: found by a sentinel, which may be wrong by now
        importing,  // and ASKING, with the command: a cluster node that another one named in ASK
        sentinel,   // nothing, unless it wants a login: it may have users of its own
    };

    // Starts to connect. Throws Unavailable.
    Connection(const Server& server, const Node& node, Peer peer);

    // Queues a command; receive() writes it when its time has come.
    void send(const Words& words);

    // Queues AUTH, once; false if it has been, or there is neither user nor password.
    bool log_in(const Server& server);

    // Queues another ASKING: each is good for one command.
    void send_asking();

    // Gets on with connecting, writing and reading as far as possible; gives the next answer if it is there.
    // Throws Unavailable when the connection is lost, Rejected when the node will never do.
    std::optional<Reply> receive();

    // What to poll(2) for before receive() can get any further.
    [[nodiscard]] pollfd interest() const;

    // Why nothing has come, for a deadline that has passed.
    [[nodiscard]] std::string silence() const;

    [[nodiscard]] const Node& node() const { return m_node; }
    [[nodiscard]] bool established() const { return m_established; }

private:
    struct FreeReader {
        void operator()(redisReader* reader) const;
    };

    enum class Greeting { auth, select, role, asking };

    void greet(Greeting greeting, const Words& words);
    [[nodiscard]] bool entering() const;
    void measure(std::string_view bytes);
    std::optional<Reply> parse();
    void require_welcome(Greeting greeting, const Reply& reply) const;
    [[nodiscard]] std::string words_of(const Reply& error) const;

    Node m_node;
    Socket m_socket;
    bool m_established = false;
    bool m_logged_in = false;
    std::string m_out;
    std::string m_held_back;           // until the server has let us in
    std::deque<Greeting> m_greetings;  // those whose answers have not come yet
    base::Secret m_password;           // that was sent
    std::unique_ptr<redisReader, FreeReader> m_reader;
    std::size_t m_unparsed = 0;  // bytes that came since the last answer was whole
    std::size_t m_line = 0;      // those since the end of a line
};

}  // namespace redis

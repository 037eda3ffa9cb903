// What an error answer of the server means for the one who asked.
#pragma once

#include <string>
#include <string_view>

namespace redis {

enum class Fault {
    unknown_script,  // NOSCRIPT: send the text
    moved,           // MOVED: another cluster node has the slot
    ask,             // ASK: another cluster node has it for this one request
    retry,           // the server cannot do it now; the connection is good
    reconnect,       // this is not, or no longer, the server to ask
    refused,         // password or rights
    nonsense,        // nothing that waiting would mend
};

// Looks at the first word only: the rest differs between Redis 7, Redis 8 and Valkey.
Fault classify(std::string_view error);

// What an error says of the server, as a sentence for people: "it is a replica and takes no writes". An error that is
// not known is given in the server's own text, without the place in a script that nobody but us has written and without
// what it quotes of our words.
std::string plain(std::string_view error);

// The server lacks the command: a sentinel does, and one that was set up so.
bool is_unknown_command(std::string_view error);

// Something else than a limiter stands in a key.
bool is_wrong_type(std::string_view error);

// Whether a refusal means that the server wants a login first. All others are about a right of the user.
bool wants_login(std::string_view error);

}  // namespace redis

#include "targets.hpp"

#include "redis/url.hpp"

void fuzz::url(std::string_view text)
{
    try {
        const redis::Server server = redis::parse_url(text);
        const std::string shown = server.display();
        const redis::Server again = redis::parse_url(shown);
        require(again.nodes == server.nodes && again.service == server.service && again.tls == server.tls &&
                    again.database == server.database,
                "what is shown names another server");
        require(again.user.empty() && again.password.empty(), "what is shown holds a secret");
        require(again.display() == shown, "what is shown is read in another way");
    } catch (const redis::BadUrl& bad) {
        require(std::string_view(bad.what()).find('\n') == std::string_view::npos, "a message of two lines");
    }
}

#include "redis/request.hpp"

#include "base/number.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <utility>

namespace redis {

Request script_request(std::string subject, const Script& script, const std::vector<std::string>& keys,
                       std::vector<std::string> args, std::size_t integers)
{
    Request request{std::move(subject), {std::to_string(keys.size())}, 1, &script, integers};
    request.words.insert(request.words.end(), keys.begin(), keys.end());
    request.words.insert(request.words.end(), std::make_move_iterator(args.begin()),
                         std::make_move_iterator(args.end()));
    return request;
}

// Redis does not say which key of a script an error is about.
std::string places(const Request& request)
{
    if (request.first_key == 0)
        return "";
    const auto first = request.words.begin() + static_cast<std::ptrdiff_t>(request.first_key);
    const auto keys =
        request.script != nullptr ? base::whole_number<std::ptrdiff_t>(request.words.front()).value_or(0) : 1;
    return fmt::format(" for {} {}", keys > 1 ? "keys" : "key", fmt::join(first, first + keys, " "));
}

}  // namespace redis

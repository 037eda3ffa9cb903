// What is fuzzed: each function takes bytes from somebody who may mean harm, and must come back, whatever they are.
// What is thrown on purpose (base::Exception) is caught; a promise that does not hold throws Broken.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

class Broken : public std::logic_error {
    using std::logic_error::logic_error;
};

inline void require(bool good, const char* what)
{
    if (!good)
        throw Broken(what);
}

inline std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        lines.emplace_back(text.substr(from, end - from));
        from = end + 1;
    }
    return lines;
}

void answers(std::string_view bytes);  // of a server, to a whole session: its first byte says of which kind
void url(std::string_view text);
void numbers(std::string_view text);   // durations, rates, counts, and names
void config(std::string_view text);    // a configuration file
void words(std::string_view lines);    // argv, a word a line
void leases(std::string_view lines);   // names of leases
void records(std::string_view lines);  // what scripts found in Redis: see records.cpp

}  // namespace fuzz

// What an option is. The table of all of them is options/flags.hpp: CLI11 is filled from it, and --help, messages,
// variables, the configuration files, `limiters doctor` and the values that commands use read it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace options {

// The subcommands that an option belongs to, to be joined with '|'. Those of `global` stand anywhere before "--".
namespace on {
enum : unsigned {
    global = 1U << 0,
    sem_run = 1U << 1,
    sem_acquire = 1U << 2,
    sem_renew = 1U << 3,
    sem_release = 1U << 4,
    bucket_run = 1U << 5,
    bucket_acquire = 1U << 6,
    bucket_pipe = 1U << 7,
    status = 1U << 8,
    reset = 1U << 9,
    doctor = 1U << 10,
    server_start = 1U << 11,
    server_stop = 1U << 12,
    server_status = 1U << 13,
    top = 1U << 14,
    limit = 1U << 15,
    pause = 1U << 16,
    resume = 1U << 17,
};
}  // namespace on

enum class Type {
    on,        // a switch, which has no value
    word,      // a word of the command line that is no option, such as LEASE
    text,      // anything, such as the name of a file
    number,    // a whole number
    duration,  // such as 30, 1.5, 250ms
    choice,    // one of two words
};

// Where else than on the command line an option can be set.
enum class From {
    nowhere,
    variable,  // LIMITERS_<NAME>
    file,      // that variable, and under its name in a configuration file
};

struct Flag {
    std::string_view name;  // max-sleep, for --max-sleep; LEASE, for a word
    char letter = '\0';     // w, for -w
    Type type = Type::text;
    std::string_view value{};       // the placeholder; of a choice both words: stop|keep
    std::int64_t low = 0;           // of a number; of a duration in microseconds
    std::int64_t high = 0;          // also of both
    bool tells_range = false;       // in --help
    std::string_view by_default{};  // as it would be given, of a choice the first word; else what happens without
    std::string_view or_equals{};   // of a switch: what may stand behind a '='
    std::string_view help{};
    From from = From::nowhere;
    unsigned subcommands = 0;
};

// How a message names it: --max-sleep, LEASE.
std::string label(const Flag& flag);

// The variable of an option: LIMITERS_REDIS_TIMEOUT for redis-timeout.
std::string variable_of(const Flag& flag);

// The range as help and messages tell it: "1 to 1000000", "1s to 1d".
std::string range_of(const Flag& flag);

// What --help says of the option, in a fixed form from which the completions and the lists of the manual are made: the
// help text, its range, (env VARIABLE), and [DEFAULT] or (required).
std::string help_of(const Flag& flag);

// The two words of a choice; those of a switch are 0 and 1.
struct Choice {
    std::string_view first;
    std::string_view second;
};
Choice choice_of(const Flag& flag);

}  // namespace options

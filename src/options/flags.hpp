// The table of all options: one block each, and otherwise() where an option says something else to another subcommand.
// To add an option: a block here, its name in k_flags at the end, and its use in src/commands/.
#pragma once

#include "base/duration.hpp"
#include "options/global_flags.hpp"
#include "options/policy_flags.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace options {

inline constexpr std::int64_t k_day = 86400 * k_second;
inline constexpr std::int64_t k_most_slots = 1000000;
inline constexpr std::int64_t k_most_tokens = 1000000000000;
inline constexpr base::Micros k_any_time = base::k_longest_duration;

// An option as other subcommands have it, to which it says something else: its kind, range and letter are the same.
constexpr Flag otherwise(Flag flag, std::string_view by_default, std::string_view help, unsigned subcommands)
{
    flag.by_default = by_default;
    flag.help = help;
    flag.subcommands = subcommands;
    return flag;
}

inline constexpr Flag k_lease{
    .name = "LEASE",
    .type = Type::word,
    .help = "what sem acquire printed",
    .subcommands = on::sem_renew | on::sem_release,
};

inline constexpr Flag k_pattern{
    .name = "PATTERN",
    .type = Type::word,
    .help = "names of limiters, with * ? [ ] as in a shell",
    .subcommands = on::status | on::top,
};

inline constexpr Flag k_kind{
    .name = "KIND",
    .type = Type::word,
    .value = "sem|bucket",
    .help = "sem or bucket",
    .subcommands = on::reset | on::limit | on::pause | on::resume,
};

inline constexpr Flag k_name_word{
    .name = "NAME",
    .type = Type::word,
    .help = "the limiter",
    .subcommands = on::reset | on::limit | on::pause | on::resume,
};

inline constexpr Flag k_name_of_run{
    .name = "name",
    .value = "N",
    .by_default = "base name of CMD",
    .help = "the limiter, the same on every host",
    .subcommands = on::sem_run | on::bucket_run,
};

inline constexpr Flag k_name =
    otherwise(k_name_of_run, "required", k_name_of_run.help, on::sem_acquire | on::bucket_acquire | on::bucket_pipe);

inline constexpr Flag k_name_of_holder = otherwise(k_name_of_run, "", "with --holder: the limiter", on::sem_release);

inline constexpr Flag k_holder{
    .name = "holder",
    .value = "ID",
    .help = "a holder as status shows it; its command is told that the lease is lost",
    .subcommands = on::sem_release,
};

inline constexpr Flag k_rate{
    .name = "rate",
    .value = "A/D",
    .low = 1,
    .high = k_most_tokens,
    .help = "A tokens every D, evenly spaced: 100/1m, 10/s",
    .subcommands = on::bucket_run | on::bucket_acquire | on::bucket_pipe | on::limit,
};

inline constexpr Flag k_slots{
    .name = "capacity",
    .letter = 'j',
    .type = Type::number,
    .value = "C",
    .low = 1,
    .high = k_most_slots,
    .tells_range = true,
    .by_default = "required",
    .help = "how many slots there are",
    .subcommands = on::sem_run | on::sem_acquire,
};

inline constexpr Flag k_size{
    .name = "capacity",
    .letter = 'j',
    .type = Type::number,
    .value = "C",
    .low = 1,
    .high = k_most_tokens,
    .tells_range = true,
    .by_default = "with --rate: the tokens",
    .help = "size of the bucket",
    .subcommands = on::bucket_run | on::bucket_acquire,
};

inline constexpr Flag k_size_of_limit = otherwise(
    k_size, "of a bucket with --rate: 1", "how many slots there are at most, or the size of the bucket", on::limit);

inline constexpr Flag k_size_of_pipe = otherwise(k_size, "with --rate: 1", k_size.help, on::bucket_pipe);

inline constexpr Flag k_refill_amount{
    .name = "refill-amount",
    .type = Type::number,
    .value = "A",
    .low = 1,
    .high = k_most_tokens,
    .help = "without --rate: tokens added at once",
    .subcommands = on::bucket_run | on::bucket_acquire | on::bucket_pipe | on::limit,
};

inline constexpr Flag k_refill_frequency{
    .name = "refill-frequency",
    .type = Type::duration,
    .value = "D",
    .low = 1,
    .high = k_any_time.count(),
    .help = "without --rate: how often they are added",
    .subcommands = on::bucket_run | on::bucket_acquire | on::bucket_pipe | on::limit,
};

inline constexpr Flag k_weight_of_run{
    .name = "weight",
    .type = Type::number,
    .value = "W",
    .low = 1,
    .high = k_most_slots,
    .by_default = "1",
    .help = "how many of them CMD takes",
    .subcommands = on::sem_run,
};

inline constexpr Flag k_weight = otherwise(k_weight_of_run, "1", "how many of them the lease takes", on::sem_acquire);

inline constexpr Flag k_tokens_of_run{
    .name = "tokens",
    .type = Type::number,
    .value = "W",
    .low = 1,
    .high = k_most_tokens,
    .by_default = "1",
    .help = "how many tokens CMD takes",
    .subcommands = on::bucket_run,
};

inline constexpr Flag k_tokens = otherwise(k_tokens_of_run, "1", "how many tokens to take", on::bucket_acquire);

inline constexpr Flag k_expiry{
    .name = "expiry",
    .type = Type::duration,
    .value = "D",
    .low = k_second,
    .high = k_day,
    .tells_range = true,
    .by_default = "30s",
    .help = "how long a lease lasts unless renewed",
    .subcommands = on::sem_run | on::sem_acquire,
};

inline constexpr Flag k_expiry_of_renew =
    otherwise(k_expiry, "as acquired", "how long it lasts from now", on::sem_renew);

inline constexpr Flag k_max_sleep{
    .name = "max-sleep",
    .letter = 'w',
    .type = Type::duration,
    .value = "D",
    .high = k_any_time.count(),
    .by_default = "for ever",
    .help = "how long to wait at most; 0: do not wait",
    .subcommands = on::sem_run | on::sem_acquire | on::bucket_run | on::bucket_acquire,
};

inline constexpr Flag k_no_wait{
    .name = "no-wait",
    .letter = 'n',
    .type = Type::on,
    .help = "the same as --max-sleep 0",
    .subcommands = on::sem_run | on::sem_acquire | on::bucket_run | on::bucket_acquire,
};

inline constexpr Flag k_conflict_exit_code{
    .name = "conflict-exit-code",
    .letter = 'E',
    .type = Type::number,
    .value = "CODE",
    .high = 255,
    .tells_range = true,
    .by_default = "75",
    .help = "exit code when --max-sleep is exceeded",
    .subcommands = on::sem_run | on::sem_acquire | on::bucket_run | on::bucket_acquire,
};

inline constexpr Flag k_acl{
    .name = "acl",
    .type = Type::on,
    .help = "print the smallest ACL rule that works, and ask no server",
    .subcommands = on::doctor,
};

// A number above the highest is a mistake: no lease would ever be granted.
inline constexpr Flag k_replicas{
    .name = "replicas",
    .type = Type::number,
    .value = "N",
    .high = 16,
    .tells_range = true,
    .by_default = "0",
    .help = "a lease counts once N replicas have it",
    .from = From::file,
    .subcommands = on::sem_run | on::sem_acquire | on::sem_renew | on::sem_release | on::doctor,
};

inline constexpr Flag k_label{
    .name = "label",
    .value = "TEXT",
    .help = "tells others who holds or waits, such as a CI job's URL",
    .from = From::file,
    .subcommands = on::sem_run | on::sem_acquire,
};

inline constexpr Flag k_until_exit{
    .name = "until-exit",
    .type = Type::number,
    .value = "PID",
    .low = 1,
    .high = std::numeric_limits<std::int32_t>::max(),
    .help = "renew the lease while process PID lives, and release it then",
    .subcommands = on::sem_acquire,
};

inline constexpr Flag k_min_hold{
    .name = "min-hold",
    .type = Type::duration,
    .value = "D",
    .high = k_any_time.count(),
    .by_default = "0",
    .help = "the slot stays taken this long from the start of CMD",
    .subcommands = on::sem_run,
};

inline constexpr Flag k_on_unavailable{
    .name = "on-unavailable",
    .type = Type::choice,
    .value = "fail|run",
    .by_default = "fail",
    .help = "no Redis at all: fail, or go on unlimited",
    .from = From::file,
    .subcommands = on::sem_run | on::bucket_run | on::bucket_acquire,
};

inline constexpr Flag k_on_lost{
    .name = "on-lost",
    .type = Type::choice,
    .value = "stop|keep",
    .by_default = "stop",
    .help = "lease lost for good: stop or keep CMD",
    .from = From::file,
    .subcommands = on::sem_run,
};

inline constexpr Flag k_on_outage{
    .name = "on-outage",
    .type = Type::choice,
    .value = "keep|stop",
    .by_default = "keep",
    .help = "outage past the lease: keep or stop CMD",
    .from = From::file,
    .subcommands = on::sem_run,
};

inline constexpr Flag k_kill_after{
    .name = "kill-after",
    .type = Type::duration,
    .value = "D",
    .high = k_day,
    .by_default = "10s, at most a third of the expiry",
    .help = "from TERM to KILL in a stop",
    .subcommands = on::sem_run,
};

inline constexpr Flag k_null{
    .name = "null",
    .letter = '0',
    .type = Type::on,
    .help = "records end with a NUL byte, not with a newline",
    .subcommands = on::bucket_pipe,
};

inline constexpr Flag k_tokens_from_size{
    .name = "tokens-from-size",
    .type = Type::on,
    .help = "a record takes a token for each of its bytes",
    .subcommands = on::bucket_pipe,
};

inline constexpr Flag k_json{
    .name = "json",
    .type = Type::on,
    .help = "for machines; the schema stands in limiters(1)",
    .subcommands = on::status | on::doctor,
};

inline constexpr Flag k_all{
    .name = "all",
    .type = Type::on,
    .help = "every holder and waiter, not the first 20 of each",
    .subcommands = on::status,
};

inline constexpr Flag k_active{
    .name = "active",
    .type = Type::on,
    .help = "only limiters that are in use",
    .subcommands = on::status,
};

inline constexpr Flag k_metrics{
    .name = "metrics",
    .type = Type::on,
    .help = "for Prometheus",
    .subcommands = on::status,
};

inline constexpr Flag k_output{
    .name = "output",
    .letter = 'o',
    .value = "FILE",
    .by_default = "stdout",
    .help = "with --metrics: replaces this file",
    .subcommands = on::status,
};

inline constexpr Flag k_yes{
    .name = "yes",
    .letter = 'y',
    .type = Type::on,
    .help = "do not ask",
    .subcommands = on::reset,
};

inline constexpr Flag k_for{
    .name = "for",
    .type = Type::duration,
    .value = "D",
    .low = 1,
    .high = 30 * k_day,
    .by_default = "until resumed, 30d at most",
    .help = "how long; a bucket needs it",
    .subcommands = on::pause,
};

inline constexpr Flag k_for_of_limit =
    otherwise(k_for, "until cleared, 30d at most", "how long the limit stands", on::limit);

inline constexpr Flag k_reason{
    .name = "reason",
    .value = "TEXT",
    .help = "told to those who wait, and by status",
    .subcommands = on::limit | on::pause,
};

inline constexpr Flag k_clear{
    .name = "clear",
    .type = Type::on,
    .help = "take the limit away",
    .subcommands = on::limit,
};

inline constexpr Flag k_force{
    .name = "force",
    .type = Type::on,
    .help = "even while slots are held",
    .subcommands = on::server_stop,
};

// All of them, in the order of --help.
// clang-format off
inline constexpr std::array k_flags{
    &k_redis, &k_password_file, &k_tls_ca, &k_tls_cert, &k_tls_key, &k_tls_server_name, &k_tls_insecure,
    &k_key_prefix, &k_redis_timeout, &k_quiet, &k_verbose, &k_config,
    &k_lease, &k_pattern, &k_kind, &k_name_word, &k_name_of_run, &k_name, &k_name_of_holder, &k_holder, &k_rate,
    &k_slots, &k_size, &k_size_of_limit, &k_size_of_pipe, &k_refill_amount, &k_refill_frequency, &k_weight_of_run, &k_weight,
    &k_tokens_of_run, &k_tokens, &k_expiry, &k_expiry_of_renew, &k_max_sleep, &k_max_waiters, &k_head_start, &k_supersede, &k_named_slots, &k_no_wait, &k_conflict_exit_code,
    &k_acl, &k_replicas, &k_label, &k_until_exit, &k_min_hold, &k_on_unavailable, &k_on_lost, &k_on_outage, &k_kill_after,
    &k_null, &k_tokens_from_size, &k_json, &k_all, &k_active, &k_metrics, &k_output, &k_yes, &k_for,
    &k_for_of_limit, &k_reason, &k_clear, &k_force,
};
// clang-format on

}  // namespace options

// From the options that define a limiter and its caller to their values. All throw Error (usage).
#pragma once

#include "commands/settings.hpp"
#include "limiter/semaphore.hpp"
#include "limiter/token_bucket.hpp"
#include "options/options.hpp"
#include "run/wait_for_tokens.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace commands {

inline constexpr std::int64_t k_most_tokens = 1000000000000;
inline constexpr base::Micros k_second{1000000};
inline constexpr base::Micros k_day = 86400 * k_second;

std::int64_t number_or(const options::Text& text, const char* label, std::int64_t high, std::int64_t otherwise);
base::Micros duration_or(const options::Text& text, const char* label, base::Micros low, base::Micros high,
                         base::Micros otherwise);

// --max-sleep and --no-wait. Nothing: for ever.
std::optional<base::Micros> max_sleep_value(const options::Text& max_sleep, bool no_wait);

// -E
base::ExitCode conflict_code_value(const options::Text& text);

// --name, else the base name of CMD.
std::string run_name(const options::Text& name, const std::vector<std::string>& command);

// --name, which must be given.
std::string required_name(const options::Text& name, const char* subcommand);

// All but name, who and outer. `subcommand` is for messages.
limiter::SemaphoreOptions semaphore_values(const options::SemOptions& o, const Settings& settings,
                                           const char* subcommand);

// --replicas: how many must have a lease before it counts.
std::size_t replicas_value(const options::SettingSources& sources, const options::Text& flag);

// Host, pid and a name for what the slot is used for, never arguments: they may hold secrets.
std::string who(pid_t pid, const std::string& word);

// All but name and max_wait.
limiter::TokenBucketOptions bucket_values(const options::BucketOptions& o, const options::Text& tokens,
                                          const Settings& settings, const char* subcommand);

// All but the bucket's name.
run::TokenWait token_wait_values(const options::BucketAcquireOptions& o, const options::SettingSources& sources,
                                 const Settings& settings, const char* subcommand);

}  // namespace commands

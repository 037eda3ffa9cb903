// Turns the options that define a limiter and its caller into values. All throw Error (usage).
#pragma once

#include "commands/settings.hpp"
#include "limiter/keys.hpp"
#include "limiter/semaphore.hpp"
#include "limiter/token_bucket.hpp"
#include "options/options.hpp"
#include "run/wait_for_tokens.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace commands {

// The longest wait, by --max-sleep or --no-wait; nothing: for ever.
std::optional<base::Micros> max_sleep_value(const options::Given& o);

// The exit code of a conflict, by -E.
base::ExitCode conflict_code_value(const options::Given& o);

// The name that --name gives, else the base name of CMD.
std::string run_name(const options::RunOptions& o);

// The limiter that the words KIND and NAME say. Throws if one is left out.
limiter::LimiterName limiter_words(const options::Given& o, const char* subcommand);

// The name that --name gives. Throws if it is left out.
std::string required_name(const options::Given& o, const char* subcommand);

// The options of a semaphore, all but name, who, outer and replicas. `subcommand` is for messages.
limiter::SemaphoreOptions semaphore_values(const options::Given& o, const Settings& settings, const char* subcommand);

// How many replicas must have a lease before it counts, by --replicas.
std::size_t replicas_value(const options::SettingSources& sources);

// The caller as others see it: this host, the process, a name for what it does, and --label. Of arguments only the base
// name of a script can be that name, because all others may hold secrets.
limiter::Who who(pid_t pid, std::string command, const options::SettingSources& sources);

// The options of a bucket, all but name and max_wait.
limiter::TokenBucketOptions bucket_values(const options::Given& o, const Settings& settings, const char* subcommand);

// The wait for tokens, all but the bucket's name.
run::TokenWait token_wait_values(const options::Given& o, const options::SettingSources& sources,
                                 const Settings& settings, const char* subcommand);

}  // namespace commands

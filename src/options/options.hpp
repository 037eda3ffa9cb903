// What the command line says, as text: nothing is looked at yet. An option that was not given is empty (nullopt).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace options {

using Text = std::optional<std::string>;

struct GlobalOptions {
    std::map<std::string, std::string, std::less<>>
        values;  // by the names of options/setting_table.hpp; "1": a switch is on
    Text config;
};

// What defines one caller of a semaphore, and how long it waits.
struct SemOptions {
    Text name;
    Text capacity;
    Text weight;
    Text expiry;
    Text max_sleep;
    bool no_wait = false;
    Text conflict_exit_code;
    Text replicas;
};

struct SemRunOptions : SemOptions {
    Text min_hold;
    Text kill_after;
    Text on_lost;
    Text on_outage;
    Text on_unavailable;
    std::vector<std::string> command;  // the words after --
};

struct SemAcquireOptions : SemOptions {
    Text until_exit;
};

struct SemRenewOptions {
    Text lease;
    Text expiry;
    Text replicas;
};

// A lease by its id, or any holder of a limiter by the id that status shows.
struct SemReleaseOptions {
    Text lease;
    Text name;
    Text holder;
    Text replicas;
};

// What defines a bucket.
struct BucketOptions {
    Text name;
    Text capacity;
    Text rate;
    Text refill_amount;
    Text refill_frequency;
};

struct BucketAcquireOptions : BucketOptions {
    Text tokens;
    Text max_sleep;
    bool no_wait = false;
    Text conflict_exit_code;
    Text on_unavailable;
};

struct BucketRunOptions : BucketAcquireOptions {
    std::vector<std::string> command;  // the words after --
};

struct BucketPipeOptions : BucketOptions {
    bool null = false;
    bool tokens_from_size = false;
};

struct StatusOptions {
    Text pattern;
    bool json = false;
};

struct ResetOptions {
    Text kind;
    Text name;
    bool yes = false;
};

struct DoctorOptions {
    Text replicas;
    bool acl = false;
    bool json = false;
};

struct ServerStartOptions {};

struct ServerStopOptions {
    bool force = false;
};

struct ServerStatusOptions {};

}  // namespace options

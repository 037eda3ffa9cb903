// The settings: options that can also stand in the environment and in the configuration files. One table for the
// command line, the variables, the files and doctor.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace options {

struct SettingInfo {
    std::string_view name;  // --name; the key of a file; LIMITERS_NAME with '_' for '-'
    std::string_view type;  // for --help; empty: a switch
    std::string_view description;
    std::string_view by_default;  // for --help and doctor; empty: none
};

// Global ones stand anywhere before "--".
inline constexpr std::array<SettingInfo, 11> k_global_settings{{
    {"redis", "URL", "Redis or Valkey, see below", "a private local server"},
    {"password-file", "FILE", "holds the password in its first line", ""},
    {"tls-ca", "PATH", "PEM file or folder of authorities", "the system's"},
    {"tls-cert", "FILE", "certificate to show to the server, PEM", ""},
    {"tls-key", "FILE", "its private key, PEM", ""},
    {"tls-server-name", "NAME", "server name to verify", "the URL's host"},
    {"tls-insecure", "", "do not verify the server", ""},
    {"key-prefix", "P", "first part of every key", "limiters"},
    {"redis-timeout", "D", "how long reaching Redis may take", "5s"},
    {"quiet", "", "no notices and warnings, only errors", ""},
    {"verbose", "", "tell server, wait and place in the queue", ""},
}};

// Policies are options of `run`.
inline constexpr SettingInfo k_on_lost{"on-lost", "stop|keep", "lease lost for good: stop or keep CMD", "stop"};
inline constexpr SettingInfo k_on_outage{"on-outage", "keep|stop", "outage past the lease: keep or stop CMD", "keep"};
inline constexpr SettingInfo k_on_unavailable{"on-unavailable", "fail|run", "no Redis at all: fail, or run CMD",
                                              "fail"};

inline constexpr std::array<SettingInfo, 3> k_policies{k_on_lost, k_on_outage, k_on_unavailable};

// Of the commands that take, renew and release a lease.
inline constexpr SettingInfo k_replicas{"replicas", "N", "a lease counts once N replicas have it, 0 to 16", "0"};

// LIMITERS_REDIS_TIMEOUT for redis-timeout.
std::string variable_of(std::string_view setting);

}  // namespace options

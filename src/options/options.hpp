// What the command line says, as text: nothing is looked at yet.
#pragma once

#include "options/flag.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace options {

using Text = std::optional<std::string>;

// The options that were given to one level of the command line. Of an option given twice the last one counts.
class Given {
public:
    void put(const Flag& flag, std::string text) { m_texts.insert_or_assign(flag.name, std::move(text)); }

    // Adds the options of another level.
    void add(const Given& other) { m_texts.insert(other.m_texts.begin(), other.m_texts.end()); }

    [[nodiscard]] bool has(const Flag& flag) const { return m_texts.contains(flag.name); }

    // The text that was given; nothing if the option was not.
    [[nodiscard]] Text text(const Flag& flag) const
    {
        const auto found = m_texts.find(flag.name);
        return found != m_texts.end() ? Text(found->second) : std::nullopt;
    }

    bool operator==(const Given&) const = default;

private:
    std::map<std::string_view, std::string> m_texts;  // by the names of flags; "1": a switch is on
};

struct GlobalOptions : Given {};

struct HelpOptions {
    std::string page;  // of the manual
    std::string text;  // of --help, where there is no manual
};

struct VersionOptions {
    bool detailed;  // with --verbose
};

// The subcommands that run CMD have this in common.
struct RunOptions : Given {
    std::vector<std::string> command;  // the words after --
};

struct SemRunOptions : RunOptions {};
struct SemAcquireOptions : Given {};
struct SemRenewOptions : Given {};
struct SemReleaseOptions : Given {};
struct BucketRunOptions : RunOptions {};
struct BucketAcquireOptions : Given {};
struct BucketPipeOptions : Given {};
struct StatusOptions : Given {};
struct TopOptions : Given {};
struct ResetOptions : Given {};
struct LimitOptions : Given {};
struct PauseOptions : Given {};
struct ResumeOptions : Given {};
struct DoctorOptions : Given {};
struct ServerStartOptions : Given {};
struct ServerStopOptions : Given {};
struct ServerStatusOptions : Given {};

}  // namespace options

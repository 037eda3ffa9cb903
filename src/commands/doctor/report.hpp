// What doctor found, and the two ways to print it.
#pragma once

#include "base/exit_code.hpp"
#include "commands/settings.hpp"
#include "redis/server_info.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

struct SettingLine {
    std::string name;
    std::string value;
    std::string source;  // --redis, LIMITERS_REDIS, /etc/limiters.toml:1, default
};

// One server process that was reached.
struct NodeReport {
    std::string address;
    redis::ServerInfo info;
    base::Micros round_trip{0};
    base::Micros clock_ahead{0};  // its clock, of this host's
};

struct Finding {
    base::ExitCode code;  // ok: limits hold all the same, or as far as the text says
    std::string where;    // a server
    std::string text;     // what, and what to do
};

struct DoctorReport {
    std::string server;
    std::vector<SettingLine> settings;
    std::vector<NodeReport> nodes;
    std::vector<Finding> findings;

    // The code of the first finding that keeps limits from holding.
    [[nodiscard]] base::ExitCode exit_code() const;
};

// Where each value came from; those that are not set and have no default are left out.
// Throws Error (usage, config) for a bad policy.
std::vector<SettingLine> setting_lines(const options::SettingSources& sources, const redis::Server& server);

// For people: a line for each setting, server and finding, and one for what follows from them.
std::string doctor_text(const DoctorReport& report);

// For machines: one line, as tests/doctor/schema.json and the manual describe it.
std::string doctor_json(const DoctorReport& report);

}  // namespace commands

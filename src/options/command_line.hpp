// Reads argv into options.
#pragma once

#include "options/options.hpp"

#include <variant>

namespace options {

// --help was asked for: this text goes to stdout.
struct Information {
    std::string text;
};

using Command = std::variant<Information, HelpOptions, VersionOptions, SemRunOptions, SemAcquireOptions,
                             SemRenewOptions, SemReleaseOptions, BucketRunOptions, BucketAcquireOptions,
                             BucketPipeOptions, StatusOptions, TopOptions, ResetOptions, LimitOptions, PauseOptions,
                             ResumeOptions, DoctorOptions, ServerStartOptions, ServerStopOptions, ServerStatusOptions>;

struct CommandLine {
    GlobalOptions global;
    Command command;
};

// argv is cut at the first "--" before CLI11 sees it, so that no word of CMD is ever rewritten.
// Throws Error (usage).
CommandLine parse_command_line(int argc, char** argv);

// As parse_command_line, but by CLI11 whatever the line is.
CommandLine parse_with_cli11(int argc, char** argv);

}  // namespace options

// The command line without CLI11, where each word has but one meaning: it costs a third of what a run does before the
// server is asked, and nearly every line is so.
#pragma once

#include "options/command_line.hpp"

namespace options {

// Reads `--version` alone, and sem or bucket with run or acquire whose options stand as `--name VALUE`, `--name=VALUE`
// or `-n VALUE`, with values that nobody could take for anything else. Nothing for any other line, above all for one
// with a mistake: CLI11 reads those, and tells of them. What is read here is what CLI11 would have read.
std::optional<CommandLine> read_plain_line(int argc, char** argv);

}  // namespace options

// --name left out: the base name of CMD, but not for a program that runs anything.
#pragma once

#include <string>
#include <string_view>

namespace options {

// The part behind the last slash.
std::string base_name(std::string_view word);

// Throws Error (usage) that asks for --name if this is a shell, an interpreter or a wrapper: two scripts would share
// one limiter by accident. A version at the end is not looked at: python3.11 is python.
std::string default_name(std::string_view word);

// For --help.
std::string programs_without_default_name();

}  // namespace options

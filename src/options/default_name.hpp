// What CMD is called where its caller gives no name: by the base name, but not for a program that runs anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace options {

// The part of the word behind the last slash.
std::string base_name(std::string_view word);

// The base name. Throws Error (usage) that asks for --name if this is a shell, an interpreter or a wrapper, because two
// scripts would share one limiter by accident. A version at the end is not looked at: python3.11 is python.
std::string default_name(std::string_view word);

// What others are told that CMD is: its base name; for a program that runs a script, that of the script, if its first
// argument is one. No other argument is ever shown: it may be a secret.
std::string shown_name(const std::vector<std::string>& command);

// The list of these programs, as --help shows it.
std::string programs_without_default_name();

}  // namespace options

// Text from anywhere, made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace terminal {

// Bytes that would steer the terminal, or that are no UTF-8, as \xNN; characters that turn or hide what follows too.
std::string visible(std::string_view text);

// How many columns it takes.
std::size_t columns(std::string_view visible_text);

// Its first columns and "…", if it is wider than that.
std::string cut(std::string_view visible_text, std::size_t width);

}  // namespace terminal

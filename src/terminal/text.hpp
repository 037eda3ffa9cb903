// Text from anywhere, made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace terminal {

// The text with bytes that would steer the terminal, or that are no UTF-8, as \xNN; so are characters that turn or hide
// what follows, and a backslash before an x. Different texts stay different.
std::string visible(std::string_view text);

// How many columns the text takes on the screen.
std::size_t columns(std::string_view visible_text);

// The text as it is, if it is no wider than that; else its first columns and "…".
std::string cut(std::string_view visible_text, std::size_t width);

}  // namespace terminal

// How the live screen looks: a heading, the limiters or one of them, and a line for questions and keys.
#pragma once

#include "commands/top/state.hpp"
#include "terminal/full_screen.hpp"

#include <string>

namespace commands {

// Draws the whole picture. `server`: its display form.
void draw(terminal::FullScreen& screen, const TopState& state, const std::string& server);

}  // namespace commands

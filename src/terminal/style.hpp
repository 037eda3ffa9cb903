// How text on a terminal stands out.
#pragma once

namespace terminal {

enum class Style { plain, bold, faint, red, green, yellow };

}  // namespace terminal

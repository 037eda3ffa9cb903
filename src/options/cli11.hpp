// CLI11 without <iostream>, of which it needs only the names: that header makes every program set up eight streams and
// a locale before main(), a tenth of what a run costs, and limiters writes with write(2).
#pragma once

#define _GLIBCXX_IOSTREAM 1  // NOLINT(bugprone-reserved-identifier): the guard of libstdc++'s header
#include <istream>
#include <ostream>

namespace std {  // NOLINT: as that header declares them
extern istream cin;
extern ostream cout;
extern ostream cerr;
extern ostream clog;
}  // namespace std

#include <CLI/CLI.hpp>

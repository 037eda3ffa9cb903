// What was asked for, on stdout.
#pragma once

#include "base/error.hpp"

#include <cstdio>
#include <string>

namespace cli {

inline void print(const std::string& text)
{
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw base::os_error("write to stdout");
}

}  // namespace cli

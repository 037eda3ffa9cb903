#include "options/libraries.hpp"

#include <CLI/Version.hpp>
#include <fmt/format.h>
#include <toml++/toml.h>

namespace options {

Libraries libraries()
{
    return {CLI11_VERSION, fmt::format("{}.{}.{}", TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH)};
}

}  // namespace options

// Reads the small files of /proc.
#pragma once

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace local {

// The content of the file; nothing if it cannot be read.
inline std::optional<std::string> content_of(const std::string& path)
{
    std::ifstream file(path);
    if (!file)
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace local

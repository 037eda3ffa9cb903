// Reads a user's file or pipe, up to a size that no such file has: a device or a pipe may have no end.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

namespace options {

// The file cannot be read: the text says why, without the path.
class Unreadable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The text up to `end`, or to the end of the file. Waits for a pipe as long as something has it open to write; if
// nothing has after 5 s, and nothing came, that is Unreadable.
std::string read_text(const std::string& path, std::optional<char> end = {});

}  // namespace options

// Writes a file that others read at any time.
#pragma once

#include <string>

namespace commands {

// Puts this text in the place of the file, or makes it: whoever opens it finds the old text or the new one, whole.
// Throws Error (os_error); the old text stays then, and so does what is no regular file, such as /dev/null or a link.
void replace_file(const std::string& path, const std::string& text);

}  // namespace commands

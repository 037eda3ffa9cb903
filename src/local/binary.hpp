// Finds the program of the private server.
#pragma once

#include <string>

namespace local {

struct Binary {
    std::string path;
    std::string name;  // its argv[0]: the check-rdb binary is the server itself, under another name
};

// Searches PATH and the usual places. Throws redis::NoLocalServer, naming the package.
Binary find_binary();

}  // namespace local

// The versions of the libraries that only options/ knows.
#pragma once

#include <string>

namespace options {

struct Libraries {
    std::string cli11;
    std::string tomlplusplus;
};

Libraries libraries();

}  // namespace options

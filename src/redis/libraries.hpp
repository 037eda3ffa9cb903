// The versions of the libraries that only redis/ knows.
#pragma once

#include <string>

namespace redis {

struct Libraries {
    std::string openssl;  // the one that runs
    std::string hiredis;
};

Libraries libraries();

}  // namespace redis

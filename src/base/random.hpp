// Random bits from the kernel, getrandom(2).
#pragma once

#include "base/error.hpp"

#include <sys/random.h>

#include <cstdint>
#include <string>

namespace base {

template <typename T>
T random_bits()
{
    T bits{};
    if (::getrandom(&bits, sizeof bits, 0) != sizeof bits)
        throw os_error("getrandom");
    return bits;
}

// 128 random bits as 32 hex digits: no two callers ever draw the same.
inline std::string random_id()
{
    return fmt::format("{:016x}{:016x}", random_bits<std::uint64_t>(), random_bits<std::uint64_t>());
}

}  // namespace base

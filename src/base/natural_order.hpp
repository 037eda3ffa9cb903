// Names as people sort them: job-2 before job-10.
#pragma once

#include <string_view>

namespace base {

// Whether `a` stands before `b`: digits are compared as the number that they are, everything else byte by byte. Names
// that differ in zeros before a number alone are in the order of their bytes.
bool is_before(std::string_view a, std::string_view b);

}  // namespace base

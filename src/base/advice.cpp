#include "base/advice.hpp"

namespace base {

namespace {

Adviser g_adviser = nullptr;

}  // namespace

void take_advice_from(Adviser adviser)
{
    g_adviser = adviser;
}

std::string_view advice(Advice reason)
{
    return g_adviser != nullptr ? g_adviser(reason) : std::string_view();
}

}  // namespace base

// The entry of libFuzzer (https://llvm.org/docs/LibFuzzer.html), for the target that the variable TARGET names.
#include "targets.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace {

using Target = void (*)(std::string_view);

constexpr std::array<std::pair<std::string_view, Target>, 7> k_targets{{
    {"answers", fuzz::answers},
    {"url", fuzz::url},
    {"numbers", fuzz::numbers},
    {"config", fuzz::config},
    {"words", fuzz::words},
    {"leases", fuzz::leases},
    {"records", fuzz::records},
}};

Target named_target()
{
    const char* name = std::getenv("TARGET");
    for (const auto& [known, target] : k_targets)
        if (name != nullptr && known == name)
            return target;
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const Target target = named_target();
    target({reinterpret_cast<const char*>(data), size});
    return 0;
}

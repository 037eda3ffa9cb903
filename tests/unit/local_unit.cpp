#include "local/unit.hpp"

#include <doctest/doctest.h>

#include <utility>

using local::unit_in;

TEST_CASE("the innermost unit is told, and whether a user's own manager made it")
{
    const std::pair<const char*, local::Unit> cases[] = {
        {"0::/system.slice/cron.service\n", {"cron.service", false}},
        {"0::/system.slice/system-getty.slice/getty@tty1.service\n", {"getty@tty1.service", false}},
        {"0::/system.slice/builder.service/payload/17\n", {"builder.service", false}},
        {"0::/user.slice/user-1000.slice/session-3.scope\n", {"session-3.scope", false}},
        {"0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.service\n", {"a.service", true}},
        {"0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope\n", {"vte-spawn-1.scope", true}},
        {"0::/user.slice/user-0.slice/user@0.service/init.scope\n", {"init.scope", true}},
        {"0::/system.slice/limiters-server-0a1b2c3d.service", {"limiters-server-0a1b2c3d.service", false}},
    };
    for (const auto& [text, unit] : cases) {
        CAPTURE(text);
        CHECK(unit_in(text) == unit);
    }
}

TEST_CASE("with both versions of control groups, systemd's own line counts and no controller's")
{
    CHECK(unit_in("9:name=systemd:/system.slice/a.service\n4:memory:/other.service\n0::/system.slice/a.service\n")
              ->name == "a.service");
    CHECK(unit_in("9:name=systemd:/\n4:memory:/other.service\n0::/b.service\n")->name == "b.service");
    CHECK(!unit_in("9:name=systemd:/\n4:memory:/other.service\n0::/\n"));
}

TEST_CASE("without systemd, and in a container that sees its own groups only, there is no unit")
{
    for (const char* text : {"", "0::/\n", "0::/../..\n", "0::/docker/0a1b\n", "0::/user.slice/user-1000.slice\n",
                             "9:name=systemd:/docker/0a1b\n", "nonsense", "0::/not.a.service.at.all\n"}) {
        CAPTURE(text);
        CHECK(!unit_in(text));
    }
}

#include "local/mounts.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string_view>

namespace {

// As process 1 of a host sees it, whose /tmp lies on the disk and whose /run is a tmpfs.
constexpr std::string_view k_host = "25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                                    "26 25 0:23 / /run rw,nosuid shared:5 - tmpfs tmpfs rw\n";
constexpr std::string_view k_hidden_root = "70 1 8:1 / / rw,relatime shared:9 master:1 - ext4 /dev/sda1 rw\n";

bool tmp_is_seen(std::string_view own, std::optional<std::string_view> first = k_host)
{
    return local::is_seen_by_all("/tmp/limiters-1000", own, first);
}

bool run_is_seen(std::string_view own)
{
    return local::is_seen_by_all("/run/limiters", own, k_host);
}

}  // namespace

TEST_CASE("the mounts of process 1 are everybody's")
{
    CHECK(tmp_is_seen(k_host));
    CHECK(run_is_seen(k_host));
}

TEST_CASE("a namespace of its own with the same folders is no harm, read-only or not")
{
    constexpr std::string_view strict = "70 1 8:1 / / ro,relatime shared:9 master:1 - ext4 /dev/sda1 rw\n"
                                        "71 70 0:23 / /run ro,nosuid shared:10 master:5 - tmpfs tmpfs rw\n"
                                        "72 70 8:1 /var/lib/x /var/lib/x rw shared:11 master:1 - ext4 /dev/sda1 rw\n";
    CHECK(tmp_is_seen(strict));
    CHECK(run_is_seen(strict));
}

TEST_CASE("a private /tmp is another folder, and /run beside it the same")
{
    constexpr std::string_view on_disk =
        "70 1 8:1 / / rw,relatime shared:9 master:1 - ext4 /dev/sda1 rw\n"
        "71 70 0:23 / /run rw,nosuid shared:10 master:5 - tmpfs tmpfs rw\n"
        "72 70 8:1 /tmp/systemd-private-0a-x.service-b/tmp /tmp rw shared:11 master:1 - ext4 /dev/sda1 rw\n";
    CHECK(!tmp_is_seen(on_disk));
    CHECK(run_is_seen(on_disk));
    constexpr std::string_view host_tmpfs =
        "25 1 8:1 / / rw - ext4 /dev/sda1 rw\n27 25 0:30 / /tmp rw - tmpfs tmpfs rw\n";
    CHECK(!tmp_is_seen("70 1 8:1 / / rw - ext4 /dev/sda1 rw\n71 70 0:30 / /tmp rw - tmpfs tmpfs rw\n"
                       "72 71 0:30 /systemd-private-0a-x.service-b/tmp /tmp rw - tmpfs tmpfs rw\n",
                       host_tmpfs));
    CHECK(!tmp_is_seen("70 1 8:1 / / rw - ext4 /dev/sda1 rw\n71 70 0:44 / /tmp rw - tmpfs tmpfs rw\n", host_tmpfs));
}

TEST_CASE("a private /tmp into which the one folder is mounted is no harm")
{
    CHECK(tmp_is_seen("70 1 8:1 / / rw master:1 - ext4 /dev/sda1 rw\n"
                      "72 70 8:1 /tmp/systemd-private-0a-x.service-b/tmp /tmp rw master:1 - ext4 /dev/sda1 rw\n"
                      "73 72 8:1 /tmp/limiters-1000 /tmp/limiters-1000 rw master:1 - ext4 /dev/sda1 rw\n"));
    // A name that only begins so is another folder.
    CHECK(!tmp_is_seen("70 1 8:1 / / rw master:1 - ext4 /dev/sda1 rw\n"
                       "72 70 8:1 /tmp/systemd-private-0a-x.service-b/tmp /tmp rw master:1 - ext4 /dev/sda1 rw\n"
                       "73 72 8:1 /tmp/limiters-1 /tmp/limiters-1 rw master:1 - ext4 /dev/sda1 rw\n"));
}

TEST_CASE("a root of its own is another machine's, but a chroot among the same mounts is meant to be one")
{
    CHECK(!run_is_seen("70 1 8:1 /srv/root / rw master:1 - ext4 /dev/sda1 rw\n"));
    CHECK(!tmp_is_seen("70 1 8:1 /srv/root / rw master:1 - ext4 /dev/sda1 rw\n"));
    constexpr std::string_view host =
        "25 1 8:1 / / rw - ext4 /dev/sda1 rw\n88 25 8:1 /srv/c /srv/c rw - ext4 /dev/sda1 rw\n";
    CHECK(tmp_is_seen("88 25 8:1 /srv/c / rw - ext4 /dev/sda1 rw\n", host));
    CHECK(tmp_is_seen("90 25 0:5 / /proc rw - proc proc rw\n", host));  // its root is no mount
}

TEST_CASE("where process 1 is hidden, mounts that receive from others are taken for a unit's own")
{
    CHECK(tmp_is_seen(k_host, std::nullopt));
    CHECK(!tmp_is_seen(k_hidden_root, std::nullopt));
}

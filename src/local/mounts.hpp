// Whether a path leads this process to the folder that the other processes of this host find there: a unit with
// PrivateTmp= or DynamicUser= has a /tmp of its own, and would have a server of its own in it.
//
// Process 1 stands for the others, since sessions, cron and plain units share its mounts; everyone may read its
// mountinfo, unless /proc is mounted with hidepid or a unit has ProtectProc=. Then what is left is a sign: systemd
// makes the mounts of a unit, if it gets its own at all, receive what is mounted later ("master:" in mountinfo), and
// those of the host have nobody to receive from. A /tmp that is each user's own by pam_namespace(8) counts as private;
// a chroot among the same mounts does not, since it is a machine of its own and meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace local {

// `own_mounts` is what proc_pid_mountinfo(5) says of this process, the other one of process 1, if it can be read.
bool is_seen_by_all(std::string_view path, std::string_view own_mounts, std::optional<std::string_view> first_mounts);

bool is_seen_by_all(const std::string& path);

}  // namespace local

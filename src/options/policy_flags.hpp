// The options by which a caller of a semaphore asks for more than a slot: its queue, and the names of slots.
#pragma once

#include "options/global_flags.hpp"

namespace options {

inline constexpr Flag k_max_waiters{
    .name = "max-waiters",
    .type = Type::number,
    .value = "N",
    .high = 1000000,
    .tells_range = true,
    .help = "do not wait if N wait already",
    .subcommands = on::sem_run | on::sem_acquire,
};

inline constexpr Flag k_head_start{
    .name = "head-start",
    .type = Type::duration,
    .value = "D",
    .high = 30 * 86400 * k_second,
    .by_default = "0",
    .help = "stand in the queue as one that came so long before",
    .subcommands = on::sem_run | on::sem_acquire,
};

inline constexpr Flag k_supersede{
    .name = "supersede",
    .type = Type::on,
    .or_equals = "running",
    .help = "send away all who wait; --supersede=running: also stop who runs",
    .subcommands = on::sem_run | on::sem_acquire,
};

inline constexpr Flag k_named_slots{
    .name = "slots",
    .value = "LIST",
    .help = "names of the slots, or how many, in place of --capacity; CMD sees its own in LIMITERS_SLOT",
    .subcommands = on::sem_run,
};

}  // namespace options

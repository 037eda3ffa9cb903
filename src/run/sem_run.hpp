// limiters sem run: wait for a slot, run CMD while it is held, give it back.
#pragma once

#include "limiter/semaphore.hpp"
#include "process/command.hpp"
#include "redis/session.hpp"
#include "run/supervise.hpp"
#include "run/wait_for_slot.hpp"

namespace run {

struct SemRun {
    limiter::SemaphoreOptions semaphore;
    WaitOptions wait;
    SupervisePolicy policy;
    bool run_unlimited = false;             // --on-unavailable run
    std::vector<std::string> outer_leases;  // of the processes around this one, for those below CMD
    std::vector<std::string> argv;
};

// Returns the exit code of CMD, or dies of the signal that CMD died of. Throws Error; CMD was not started then, but
// for the code `lost`.
base::ExitCode sem_run(const SemRun& options, redis::Session& session, const process::Signals& signals);

}  // namespace run

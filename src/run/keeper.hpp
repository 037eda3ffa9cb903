// The keeper: a process of its own that renews a lease for as long as another process lives, and releases it then.
//
// The keeper has nobody to tell anything: what becomes of the lease is seen by who renews or releases it. In an outage
// the keeper goes on trying, as a Heartbeat does.
#pragma once

#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"

namespace run {

class Keeper {
public:
    // Returns when the keeper runs. It takes the session's connection; this process's session has none afterwards. The
    // watched process is the one to hold for. The lease has just been granted, by an answer to a question that was sent
    // at `sent` (µs on CLOCK_BOOTTIME). Throws Error (os_error), Stopped, Abandoned.
    Keeper(limiter::Semaphore& semaphore, redis::Session& session, const Interrupts& interrupts,
           base::Micros redis_timeout, base::Micros sent);

    // Until this is called, the keeper releases the lease if this process ends, or when this object goes.
    void stay();

private:
    base::Fd m_channel;
};

}  // namespace run

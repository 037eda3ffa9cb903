#include "commands/advice.hpp"

namespace commands {

std::string_view advice(base::Advice reason)
{
    using base::Advice;
    switch (reason) {
    case Advice::process_to_hold_for: return "--until-exit";
    case Advice::longest_wait: return "--max-sleep";
    case Advice::time_to_reach: return "--redis-timeout";
    case Advice::most_waiters: return "--max-waiters";
    case Advice::named_slots: return "--slots";
    case Advice::run_when_unreachable: return "--on-unavailable run";
    case Advice::keep_when_lost: return "--on-lost keep";
    case Advice::keep_in_outage: return "--on-outage keep";
    case Advice::certificate_name: return "--tls-server-name";
    case Advice::name_a_server: return "name a Redis with --redis or in /etc/limiters.toml";
    case Advice::start_the_local_server: return "'limiters server start'";
    case Advice::name_another_server: return "see --redis";
    case Advice::see_what_is_wrong: return "try again later, or see 'limiters doctor'";
    case Advice::ask_for_a_named_slot: return "ask with 'sem run --slots'";
    case Advice::wait_longer: return "try later, or raise --max-sleep";
    case Advice::wait_longer_later: return "try again then, or raise --max-sleep";
    case Advice::not_wait_for_itself: return "raise --capacity, name more --slots, or give --max-sleep";
    case Advice::run_a_shell: return "for a line of a shell: -- sh -c 'LINE'";
    case Advice::see_who_holds: return "see limiters status";
    case Advice::log_in: return "it may want a password: redis://:PASSWORD@host, or --password-file";
    case Advice::log_in_to_sentinel:
        return "it may want a password, which must be the master's too: redis+sentinel://:PASSWORD@host/SERVICE, or "
               "--password-file";
    case Advice::get_rights:
        return "'limiters doctor' names what is missing, 'limiters doctor --acl' prints a rule that works";
    case Advice::use_other_keys: return "use another --name, --key-prefix or --redis";
    case Advice::give_authorities: return "give --tls-ca, or install ca-certificates";
    case Advice::give_certificate_and_key: return "--tls-cert and --tls-key go together: give both";
    case Advice::trust_certificate: return "see --tls-ca and --tls-server-name";
    case Advice::have_own_certificate_trusted: return "it may not trust the one who signed --tls-cert";
    case Advice::show_own_certificate: return "it may ask for --tls-cert and --tls-key";
    }
    return {};
}

}  // namespace commands

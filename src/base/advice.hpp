// What a user can do about a trouble, by its reason. Only the command line knows its own words, the names of options
// and subcommands, so the layers below name a reason here, and the commands layer has the table of the words for it
// (commands/advice.cpp), which main installs before anything else. Without a table there are no words.
#pragma once

#include <string_view>

namespace base {

enum class Advice {
    // How a thing that was asked for is called on the command line.
    process_to_hold_for,
    longest_wait,
    time_to_reach,
    run_when_unreachable,
    most_waiters,
    named_slots,
    keep_when_lost,
    keep_in_outage,
    certificate_name,
    // What to do.
    name_another_server,
    name_a_server,
    start_the_local_server,
    see_what_is_wrong,
    ask_for_a_named_slot,
    wait_longer,
    wait_longer_later,
    not_wait_for_itself,
    run_a_shell,
    see_who_holds,
    log_in,
    log_in_to_sentinel,
    get_rights,
    use_other_keys,
    give_authorities,
    give_certificate_and_key,
    trust_certificate,
    have_own_certificate_trusted,
    show_own_certificate,
};

using Adviser = std::string_view (*)(Advice);

// Called once, by main; the words are to live as long as the program.
void take_advice_from(Adviser adviser);

std::string_view advice(Advice reason);

}  // namespace base

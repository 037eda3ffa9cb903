#include "cli/subcommands.hpp"

#include "base/error.hpp"
#include "cli/default_name.hpp"
#include "cli/setting_table.hpp"

#include <algorithm>

namespace cli {

namespace {

constexpr const char* k_durations = "Durations: 30, 1.5, 250ms, 30s, 5m, 2h, 1d; a bare number is seconds.";
constexpr const char* k_see_global = "Options for all commands (--redis, ...): limiters --help. Manual: limiters(1).";

std::string help_of(const SettingInfo& setting)
{
    return fmt::format("{} (env {}) [{}]", setting.description, variable_of(setting.name), setting.by_default);
}

void add_policy(CLI::App& app, const SettingInfo& policy, Text& target)
{
    add_text(app, fmt::format("--{}", policy.name), target, std::string(policy.type), help_of(policy));
}

void add_waiting(CLI::App& app, Text& max_sleep, bool& no_wait, Text& conflict_exit_code)
{
    add_text(app, "-w,--max-sleep", max_sleep, "D", "how long to wait at most; 0: do not wait [for ever]");
    app.add_flag("-n,--no-wait", no_wait, "the same as --max-sleep 0");
    add_text(app, "-E,--conflict-exit-code", conflict_exit_code, "CODE",
             "exit code when --max-sleep is exceeded, 0 to 255 [75]");
}

void add_word(CLI::App& app, const char* name, Text& target, const char* description)
{
    app.add_option_function<std::string>(
           name, [&target](const std::string& text) { target = text; }, description)
        ->type_name("");
}

void add_semaphore(CLI::App& app, SemOptions& o, const char* weight)
{
    add_text(app, "-j,--capacity", o.capacity, "C", "how many slots there are, 1 to 1000000 (required)");
    add_text(app, "--weight", o.weight, "W", weight);
    add_text(app, "--expiry", o.expiry, "D", "how long a lease lasts unless renewed, 1s to 1d [30s]");
    add_waiting(app, o.max_sleep, o.no_wait, o.conflict_exit_code);
}

void add_bucket(CLI::App& app, BucketOptions& o, const char* capacity)
{
    add_text(app, "--rate", o.rate, "A/D", "A tokens every D, evenly spaced: 100/1m, 10/s");
    add_text(app, "-j,--capacity", o.capacity, "C",
             fmt::format("size of the bucket, 1 to 1000000000000 [{}]", capacity));
    add_text(app, "--refill-amount", o.refill_amount, "A", "without --rate: tokens added at once");
    add_text(app, "--refill-frequency", o.refill_frequency, "D", "without --rate: how often they are added");
}

std::string footer(const std::string& more = {})
{
    return fmt::format("{}\n\n{}{}\n{}", k_durations, more, exit_code_help(), k_see_global);
}

std::string run_footer(const char* environment)
{
    return footer(fmt::format("Environment of CMD: {}.\n\nNo default --name for programs that run anything: {}.\n\n",
                              environment, programs_without_default_name()));
}

constexpr const char* k_name_default = "the limiter, the same on every host [base name of CMD]";
constexpr const char* k_name_required = "the limiter, the same on every host (required)";

void add_options(CLI::App& app, SemRunOptions& o)
{
    add_text(app, "--name", o.name, "N", k_name_default);
    add_semaphore(app, o, "how many of them CMD takes [1]");
    add_text(app, "--min-hold", o.min_hold, "D", "the slot stays taken this long from the start of CMD [0]");
    add_policy(app, k_on_unavailable, o.on_unavailable);
    add_policy(app, k_on_lost, o.on_lost);
    add_policy(app, k_on_outage, o.on_outage);
    add_text(app, "--kill-after", o.kill_after, "D",
             "from TERM to KILL in a stop [10s, at most a third of the expiry]");
    app.footer([] { return run_footer("LIMITERS_NAME, LIMITERS_LEASE, LIMITERS_FENCE, LIMITERS_WAITED_MS"); });
}

void add_options(CLI::App& app, SemAcquireOptions& o)
{
    add_text(app, "--name", o.name, "N", k_name_required);
    add_semaphore(app, o, "how many of them the lease takes [1]");
    add_text(app, "--until-exit", o.until_exit, "PID", "renew the lease while process PID lives, and release it then");
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, SemRenewOptions& o)
{
    add_word(app, "LEASE", o.lease, "what sem acquire printed");
    add_text(app, "--expiry", o.expiry, "D", "how long it lasts from now, 1s to 1d [as acquired]");
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, SemReleaseOptions& o)
{
    add_word(app, "LEASE", o.lease, "what sem acquire printed");
    add_text(app, "--name", o.name, "N", "with --holder: the limiter");
    add_text(app, "--holder", o.holder, "ID",
             "a holder as status shows it; its command is told that the lease is lost");
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, BucketAcquireOptions& o)
{
    add_text(app, "--name", o.name, "N", k_name_required);
    add_bucket(app, o, "with --rate: the tokens");
    add_text(app, "--tokens", o.tokens, "W", "how many tokens to take [1]");
    add_waiting(app, o.max_sleep, o.no_wait, o.conflict_exit_code);
    add_policy(app, k_on_unavailable, o.on_unavailable);
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, BucketRunOptions& o)
{
    add_text(app, "--name", o.name, "N", k_name_default);
    add_bucket(app, o, "with --rate: the tokens");
    add_text(app, "--tokens", o.tokens, "W", "how many tokens CMD takes [1]");
    add_waiting(app, o.max_sleep, o.no_wait, o.conflict_exit_code);
    add_policy(app, k_on_unavailable, o.on_unavailable);
    app.footer([] { return run_footer("LIMITERS_NAME, LIMITERS_WAITED_MS"); });
}

void add_options(CLI::App& app, BucketPipeOptions& o)
{
    add_text(app, "--name", o.name, "N", k_name_required);
    add_bucket(app, o, "with --rate: 1");
    app.add_flag("-0,--null", o.null, "records end with a NUL byte, not with a newline");
    app.add_flag("--tokens-from-size", o.tokens_from_size, "a record takes a token for each of its bytes");
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, StatusOptions& o)
{
    add_word(app, "PATTERN", o.pattern, "names of limiters, with * ? [ ] as in a shell");
    app.add_flag("--json", o.json, "for machines; the schema stands in limiters(1)");
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, ResetOptions& o)
{
    add_word(app, "KIND", o.kind, "sem or bucket");
    add_word(app, "NAME", o.name, "the limiter");
    app.add_flag("-y,--yes", o.yes, "do not ask");
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, DoctorOptions& o)
{
    app.add_flag("--acl", o.acl, "print the smallest ACL rule that works, and ask no server");
    app.add_flag("--json", o.json, "for machines; the schema stands in limiters(1)");
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, ServerStartOptions& /*o*/)
{
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, ServerStopOptions& o)
{
    app.add_flag("--force", o.force, "even while slots are held");
    app.footer([] { return footer(); });
}

void add_options(CLI::App& app, ServerStatusOptions& /*o*/)
{
    app.footer([] { return footer(); });
}

// One level of subcommands below `limiters`, or `limiters` itself. What no word can lead to is not made: start-up is
// paid for by every run.
class Level {
public:
    Level(CLI::App& app, const std::vector<std::string_view>& words, std::list<Subcommand>& out, bool named = true)
        : m_app(app), m_words(words), m_out(out), m_named(named)
    {
    }

    template <typename Options>
    void add(const char* name, const std::string& usage, const char* description)
    {
        if (!m_named)
            return;
        CLI::App* app = m_app.add_subcommand(name, description)->fallthrough();
        if (!has_word(name))
            return;
        app->formatter(std::make_shared<UsageLine>("limiters [GLOBAL] " + usage));
        Subcommand& subcommand = m_out.emplace_back(Subcommand{app, Options{}});
        add_options(*app, std::get<Options>(subcommand.options));
    }

    Level group(const char* name, const char* usage, const char* description)
    {
        CLI::App* app = m_app.add_subcommand(name, description)->fallthrough()->require_subcommand(1);
        app->formatter(std::make_shared<UsageLine>(std::string("limiters [GLOBAL] ") + usage));
        app->footer(exit_code_help);
        return {*app, m_words, m_out, has_word(name)};
    }

private:
    [[nodiscard]] bool has_word(const char* name) const
    {
        return std::find(m_words.begin(), m_words.end(), name) != m_words.end();
    }

    CLI::App& m_app;
    const std::vector<std::string_view>& m_words;
    std::list<Subcommand>& m_out;
    bool m_named;
};

}  // namespace

void add_text(CLI::App& app, const std::string& names, Text& target, const std::string& type,
              const std::string& description)
{
    app.add_option_function<std::string>(
           names, [&target](const std::string& text) { target = text; }, description)
        ->type_name(type)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

std::string exit_code_help()
{
    std::string text = "Exit codes:\n  CMD's own, if CMD ran\n";
    for (const auto& [code, meaning] : base::k_exit_codes)
        text += fmt::format("  {:<4}  {}\n", static_cast<int>(code), meaning);
    return text;
}

std::list<Subcommand> add_subcommands(CLI::App& app, const std::vector<std::string_view>& words)
{
    std::list<Subcommand> out;
    Level top(app, words, out);
    Level sem = top.group("sem", "sem run|acquire|renew|release ...", "Semaphore: at most so many at a time");
    sem.add<SemRunOptions>("run", "sem run [OPTIONS] -- CMD [ARG...]", "Run CMD while a slot is held");
    sem.add<SemAcquireOptions>("acquire", "sem acquire [OPTIONS]", "Take a slot, and print the lease that holds it");
    sem.add<SemRenewOptions>("renew", "sem renew [OPTIONS] LEASE", "Make a lease last longer");
    sem.add<SemReleaseOptions>("release", "sem release LEASE | --name N --holder ID", "Give a slot back");
    Level bucket =
        top.group("bucket", "bucket run|acquire|pipe ...", "Token bucket: at most so many in a span of time");
    bucket.add<BucketRunOptions>("run", "bucket run [OPTIONS] -- CMD [ARG...]", "Run CMD when its tokens are due");
    bucket.add<BucketAcquireOptions>("acquire", "bucket acquire [OPTIONS]", "Return when the tokens are due");
    bucket.add<BucketPipeOptions>("pipe", "bucket pipe [OPTIONS] <IN >OUT",
                                  "Pass lines on, each when its token is due");
    top.add<StatusOptions>("status", "status [OPTIONS] [PATTERN]", "Show limiters, who holds them and how many wait");
    top.add<ResetOptions>("reset", "reset [OPTIONS] sem|bucket NAME", "Make a limiter as if it had never been used");
    top.add<DoctorOptions>("doctor", "doctor [OPTIONS]", "Find out whether limits hold with this server");
    Level server = top.group("server", "server start|stop|status", "The private local server");
    server.add<ServerStartOptions>("start", "server start", "Start it, if it does not run");
    server.add<ServerStopOptions>("stop", "server stop [OPTIONS]", "End it, unless slots are held");
    server.add<ServerStatusOptions>("status", "server status", "Tell whether it runs");
    return out;
}

}  // namespace cli

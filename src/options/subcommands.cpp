#include "options/subcommands.hpp"

#include "base/error.hpp"
#include "options/default_name.hpp"

namespace options {

namespace {

constexpr const char* k_durations = "Durations: 30, 1.5, 250ms, 30s, 5m, 2h, 1d; a bare number is seconds.";
constexpr const char* k_see_global = "Options for all commands (--redis, ...): limiters --help. Manual: limiters(1).";

// One that is no global option.
void add_setting(Syntax s, const SettingInfo& setting, Text& target)
{
    const std::string names = fmt::format("--{}", setting.name);
    if (s.words.can_mean(names))
        add_text(s, names, target, std::string(setting.type), help_of(setting));
}

void add_flag(Syntax s, const char* names, bool& target, const char* description)
{
    if (s.words.can_mean(names))
        s.app.add_flag(names, target, description);
}

void add_waiting(Syntax s, Text& max_sleep, bool& no_wait, Text& conflict_exit_code)
{
    add_text(s, "-w,--max-sleep", max_sleep, "D", "how long to wait at most; 0: do not wait [for ever]");
    add_flag(s, "-n,--no-wait", no_wait, "the same as --max-sleep 0");
    add_text(s, "-E,--conflict-exit-code", conflict_exit_code, "CODE",
             "exit code when --max-sleep is exceeded, 0 to 255 [75]");
}

void add_word(Syntax s, const char* name, Text& target, const char* description)
{
    s.app
        .add_option_function<std::string>(
            name, [&target](const std::string& text) { target = text; }, description)
        ->type_name("");
}

void add_semaphore(Syntax s, SemOptions& o, const char* weight)
{
    add_text(s, "-j,--capacity", o.capacity, "C", "how many slots there are, 1 to 1000000 (required)");
    add_text(s, "--weight", o.weight, "W", weight);
    add_text(s, "--expiry", o.expiry, "D", "how long a lease lasts unless renewed, 1s to 1d [30s]");
    add_waiting(s, o.max_sleep, o.no_wait, o.conflict_exit_code);
    add_setting(s, k_replicas, o.replicas);
}

void add_bucket(Syntax s, BucketOptions& o, const char* capacity)
{
    add_text(s, "--rate", o.rate, "A/D", "A tokens every D, evenly spaced: 100/1m, 10/s");
    add_text(s, "-j,--capacity", o.capacity, "C", fmt::format("size of the bucket, 1 to 1000000000000 [{}]", capacity));
    add_text(s, "--refill-amount", o.refill_amount, "A", "without --rate: tokens added at once");
    add_text(s, "--refill-frequency", o.refill_frequency, "D", "without --rate: how often they are added");
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

void add_options(Syntax s, SemRunOptions& o)
{
    add_text(s, "--name", o.name, "N", k_name_default);
    add_semaphore(s, o, "how many of them CMD takes [1]");
    add_text(s, "--min-hold", o.min_hold, "D", "the slot stays taken this long from the start of CMD [0]");
    add_setting(s, k_on_unavailable, o.on_unavailable);
    add_setting(s, k_on_lost, o.on_lost);
    add_setting(s, k_on_outage, o.on_outage);
    add_text(s, "--kill-after", o.kill_after, "D", "from TERM to KILL in a stop [10s, at most a third of the expiry]");
    s.app.footer(
        [] { return run_footer("LIMITERS_NAME, LIMITERS_LEASE, LIMITERS_FENCE, LIMITERS_WAITED_MS, LIMITERS_OUTER"); });
}

void add_options(Syntax s, SemAcquireOptions& o)
{
    add_text(s, "--name", o.name, "N", k_name_required);
    add_semaphore(s, o, "how many of them the lease takes [1]");
    add_text(s, "--until-exit", o.until_exit, "PID", "renew the lease while process PID lives, and release it then");
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, SemRenewOptions& o)
{
    add_word(s, "LEASE", o.lease, "what sem acquire printed");
    add_text(s, "--expiry", o.expiry, "D", "how long it lasts from now, 1s to 1d [as acquired]");
    add_setting(s, k_replicas, o.replicas);
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, SemReleaseOptions& o)
{
    add_word(s, "LEASE", o.lease, "what sem acquire printed");
    add_text(s, "--name", o.name, "N", "with --holder: the limiter");
    add_text(s, "--holder", o.holder, "ID", "a holder as status shows it; its command is told that the lease is lost");
    add_setting(s, k_replicas, o.replicas);
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, BucketAcquireOptions& o)
{
    add_text(s, "--name", o.name, "N", k_name_required);
    add_bucket(s, o, "with --rate: the tokens");
    add_text(s, "--tokens", o.tokens, "W", "how many tokens to take [1]");
    add_waiting(s, o.max_sleep, o.no_wait, o.conflict_exit_code);
    add_setting(s, k_on_unavailable, o.on_unavailable);
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, BucketRunOptions& o)
{
    add_text(s, "--name", o.name, "N", k_name_default);
    add_bucket(s, o, "with --rate: the tokens");
    add_text(s, "--tokens", o.tokens, "W", "how many tokens CMD takes [1]");
    add_waiting(s, o.max_sleep, o.no_wait, o.conflict_exit_code);
    add_setting(s, k_on_unavailable, o.on_unavailable);
    s.app.footer([] { return run_footer("LIMITERS_NAME, LIMITERS_WAITED_MS"); });
}

void add_options(Syntax s, BucketPipeOptions& o)
{
    add_text(s, "--name", o.name, "N", k_name_required);
    add_bucket(s, o, "with --rate: 1");
    add_flag(s, "-0,--null", o.null, "records end with a NUL byte, not with a newline");
    add_flag(s, "--tokens-from-size", o.tokens_from_size, "a record takes a token for each of its bytes");
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, StatusOptions& o)
{
    add_word(s, "PATTERN", o.pattern, "names of limiters, with * ? [ ] as in a shell");
    add_flag(s, "--json", o.json, "for machines; the schema stands in limiters(1)");
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, ResetOptions& o)
{
    add_word(s, "KIND", o.kind, "sem or bucket");
    add_word(s, "NAME", o.name, "the limiter");
    add_flag(s, "-y,--yes", o.yes, "do not ask");
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, DoctorOptions& o)
{
    add_flag(s, "--acl", o.acl, "print the smallest ACL rule that works, and ask no server");
    add_setting(s, k_replicas, o.replicas);
    add_flag(s, "--json", o.json, "for machines; the schema stands in limiters(1)");
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, ServerStartOptions& /*o*/)
{
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, ServerStopOptions& o)
{
    add_flag(s, "--force", o.force, "even while slots are held");
    s.app.footer([] { return footer(); });
}

void add_options(Syntax s, ServerStatusOptions& /*o*/)
{
    s.app.footer([] { return footer(); });
}

// One level of subcommands below `limiters`, or `limiters` itself.
class Level {
public:
    Level(Syntax syntax, std::list<Subcommand>& out, bool named = true) : m_syntax(syntax), m_out(out), m_named(named)
    {
    }

    template <typename Options>
    void add(const char* name, const std::string& usage, const char* description)
    {
        CLI::App* app = make(name, description);
        if (!named(name))
            return;
        app->formatter(std::make_shared<UsageLine>("limiters [GLOBAL] " + usage));
        Subcommand& subcommand = m_out.emplace_back(Subcommand{app, Options{}});
        add_options({*app, m_syntax.words}, std::get<Options>(subcommand.options));
    }

    Level group(const char* name, const char* usage, const char* description)
    {
        CLI::App* app = make(name, description);
        if (!named(name))
            return {m_syntax, m_out, false};
        app->require_subcommand(1);
        app->formatter(std::make_shared<UsageLine>(std::string("limiters [GLOBAL] ") + usage));
        app->footer(exit_code_help);
        return {{*app, m_syntax.words}, m_out};
    }

private:
    [[nodiscard]] bool named(const char* name) const { return m_named && m_syntax.words.has(name); }

    // Null where neither a word leads nor a help text that lists what there is.
    CLI::App* make(const char* name, const char* description)
    {
        if (!named(name) && !(m_named && m_syntax.words.ask_for_help()))
            return nullptr;
        return m_syntax.app.add_subcommand(name, description)->fallthrough();
    }

    Syntax m_syntax;
    std::list<Subcommand>& m_out;
    bool m_named;
};

}  // namespace

void add_text(Syntax s, const std::string& names, Text& target, const std::string& type, const std::string& description)
{
    if (!s.words.can_mean(names))
        return;
    s.app
        .add_option_function<std::string>(
            names, [&target](const std::string& text) { target = text; }, description)
        ->type_name(type)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

std::string help_of(const SettingInfo& setting)
{
    const std::string by_default = setting.by_default.empty() ? "" : fmt::format(" [{}]", setting.by_default);
    return fmt::format("{} (env {}){}", setting.description, variable_of(setting.name), by_default);
}

std::string exit_code_help()
{
    std::string text = "Exit codes:\n  CMD's own, if CMD ran\n";
    for (const auto& [code, meaning] : base::k_exit_codes)
        text += fmt::format("  {:<4}  {}\n", base::number_of(code), meaning);
    return text;
}

std::list<Subcommand> add_subcommands(Syntax syntax)
{
    std::list<Subcommand> out;
    Level top(syntax, out);
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

}  // namespace options

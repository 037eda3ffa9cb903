#include "options/subcommands.hpp"

#include "base/error.hpp"
#include "options/default_name.hpp"
#include "options/exit_codes.hpp"
#include "options/flags.hpp"
#include "options/subcommand_words.hpp"

namespace options {

namespace {

constexpr const char* k_durations = "Durations: 30, 1.5, 250ms, 30s, 5m, 2h, 1d; a bare number is seconds.";

void add_flag(CLI::App& app, const Flag& flag, Given& given)
{
    const auto put = [&flag, &given](const std::string& text) { given.put(flag, text); };
    if (flag.type == Type::word) {
        app.add_option_function<std::string>(std::string(flag.name), put, help_of(flag))->type_name("");
        return;
    }
    const std::string names = (flag.letter != '\0' ? fmt::format("-{},", flag.letter) : "") + label(flag);
    if (!flag.or_equals.empty())
        app.add_option_function<std::string>(names, put, help_of(flag))
            ->type_name("")
            ->expected(0, 1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    else if (flag.type == Type::on)
        app.add_flag_callback(
            names, [put] { put("1"); }, help_of(flag));
    else
        app.add_option_function<std::string>(names, put, help_of(flag))
            ->type_name(std::string(flag.value))
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

bool has_durations(unsigned subcommand)
{
    return std::any_of(k_flags.begin(), k_flags.end(), [subcommand](const Flag* flag) {
        return (flag->subcommands & subcommand) != 0 && (flag->type == Type::duration || flag->name == k_rate.name);
    });
}

std::string run_footer(const char* environment)
{
    return fmt::format("Environment of CMD: {}.\n\nNo default --name for programs that run anything: {}.\n\n{}\n",
                       environment, programs_without_default_name(), exit_code_help());
}

// The end of --help below `limiters`.
std::string examples_and_manual(const std::string& path)
{
    return fmt::format("{}Options for all commands (--redis, ...), and exit codes: limiters --help.\n"
                       "Manual: limiters help {}.",
                       examples_of(path), path);
}

std::string footer_of(unsigned subcommand, const std::string& path)
{
    std::string text = has_durations(subcommand) ? fmt::format("{}\n\n", k_durations) : "";
    if (subcommand == on::sem_run)
        text += run_footer(
            "LIMITERS_NAME, LIMITERS_LEASE, LIMITERS_FENCE, LIMITERS_WAITED_MS, LIMITERS_OUTER, LIMITERS_SLOT");
    if (subcommand == on::bucket_run)
        text += run_footer("LIMITERS_NAME, LIMITERS_WAITED_MS");
    return text + examples_and_manual(path);
}

// One level of subcommands below `limiters`, or `limiters` itself.
class Level {
public:
    Level(Syntax syntax, std::list<Subcommand>& out, std::string path = {}, bool named = true)
        : m_syntax(syntax), m_out(out), m_path(std::move(path)), m_named(named)
    {
    }

    template <typename Options>
    void add(unsigned subcommand, const char* name, const std::string& usage, const char* description)
    {
        CLI::App* app = make(name, description);
        if (!named(name))
            return;
        app->formatter(std::make_shared<UsageLine>("limiters [GLOBAL] " + usage));
        app->footer([subcommand, path = m_path + name] { return footer_of(subcommand, path); });
        Subcommand& added = m_out.emplace_back(Subcommand{app, subcommand, Options{}});
        add_flags({*app, m_syntax.words}, subcommand, std::get<Options>(added.options));
    }

    Level group(const char* name, const char* usage, const char* description)
    {
        CLI::App* app = make(name, description);
        if (!named(name))
            return {m_syntax, m_out, {}, false};
        app->require_subcommand(1);
        app->formatter(std::make_shared<UsageLine>(std::string("limiters [GLOBAL] ") + usage));
        app->footer([path = m_path + name] { return examples_and_manual(path); });
        return {{*app, m_syntax.words}, m_out, m_path + name + ' '};
    }

private:
    [[nodiscard]] bool named(const char* name) const { return m_named && m_syntax.words.has(name); }

    // Makes the level in CLI11; null where neither a word leads to it nor a help text lists what there is.
    CLI::App* make(const char* name, const char* description)
    {
        if (!named(name) && !(m_named && m_syntax.words.ask_for_help()))
            return nullptr;
        return m_syntax.app.add_subcommand(name, description)->fallthrough();
    }

    Syntax m_syntax;
    std::list<Subcommand>& m_out;
    std::string m_path;  // of what stands below: "", "sem "
    bool m_named;
};

}  // namespace

void add_flags(Syntax s, unsigned subcommand, Given& given)
{
    for (const Flag* flag : k_flags)
        if ((flag->subcommands & subcommand) != 0 && s.words.can_mean(*flag))
            add_flag(s.app, *flag, given);
}

std::string exit_code_help()
{
    std::string text = "Exit codes:\n  CMD's own, if CMD ran\n";
    for (const auto& [code, meaning] : k_exit_codes)
        text += fmt::format("  {:<4}  {}\n", base::number_of(code), meaning);
    return text;
}

std::string examples_of(std::string_view path)
{
    for (const SubcommandWords& words : k_subcommand_words)
        if (words.path == path)
            return fmt::format("Examples:\n  {}\n  {}\n\n", words.examples[0], words.examples[1]);
    return {};
}

std::list<Subcommand> add_subcommands(Syntax syntax)
{
    std::list<Subcommand> out;
    Level top(syntax, out);
    Level sem = top.group("sem", "sem run|acquire|renew|release ...", "Semaphore: at most so many at a time");
    sem.add<SemRunOptions>(on::sem_run, "run", "sem run [OPTIONS] -- CMD [ARG...]", "Run CMD while a slot is held");
    sem.add<SemAcquireOptions>(on::sem_acquire, "acquire", "sem acquire [OPTIONS]",
                               "Take a slot, and print the lease that holds it");
    sem.add<SemRenewOptions>(on::sem_renew, "renew", "sem renew [OPTIONS] LEASE", "Make a lease last longer");
    sem.add<SemReleaseOptions>(on::sem_release, "release", "sem release LEASE | --name N --holder ID",
                               "Give a slot back");
    Level bucket =
        top.group("bucket", "bucket run|acquire|pipe ...", "Token bucket: at most so many in a span of time");
    bucket.add<BucketRunOptions>(on::bucket_run, "run", "bucket run [OPTIONS] -- CMD [ARG...]",
                                 "Run CMD when its tokens are due");
    bucket.add<BucketAcquireOptions>(on::bucket_acquire, "acquire", "bucket acquire [OPTIONS]",
                                     "Return when the tokens are due");
    bucket.add<BucketPipeOptions>(on::bucket_pipe, "pipe", "bucket pipe [OPTIONS] <IN >OUT",
                                  "Pass lines on, each when its token is due");
    top.add<StatusOptions>(on::status, "status", "status [OPTIONS] [PATTERN]",
                           "Show limiters, who holds them and how many wait");
    top.add<TopOptions>(on::top, "top", "top [OPTIONS] [PATTERN]",
                        "Show limiters on the whole screen, live; pause them, free a holder");
    top.add<ResetOptions>(on::reset, "reset", "reset [OPTIONS] sem|bucket NAME",
                          "Make a limiter as if it had never been used");
    top.add<LimitOptions>(on::limit, "limit", "limit [OPTIONS] sem|bucket NAME",
                          "Set a limit that holds whatever the callers ask for");
    top.add<PauseOptions>(on::pause, "pause", "pause [OPTIONS] sem|bucket NAME",
                          "Grant nothing new, whoever asks, until an end or resume");
    top.add<ResumeOptions>(on::resume, "resume", "resume sem|bucket NAME", "End a pause");
    top.add<DoctorOptions>(on::doctor, "doctor", "doctor [OPTIONS]", "Find out whether limits hold with this server");
    Level server = top.group("server", "server start|stop|status", "The private local server");
    server.add<ServerStartOptions>(on::server_start, "start", "server start", "Start it, if it does not run");
    server.add<ServerStopOptions>(on::server_stop, "stop", "server stop [OPTIONS]", "End it, unless slots are held");
    server.add<ServerStatusOptions>(on::server_status, "status", "server status", "Tell whether it runs");
    return out;
}

}  // namespace options

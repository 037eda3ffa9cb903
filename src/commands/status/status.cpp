#include "base/message.hpp"
#include "commands/execute.hpp"
#include "commands/print.hpp"
#include "commands/replace_file.hpp"
#include "commands/session.hpp"
#include "commands/status/collect.hpp"
#include "local/server.hpp"
#include "options/flags.hpp"

namespace commands {

namespace {

using base::Error;
using base::ExitCode;

enum class Form { table, json, metrics };

Form form_value(const options::Given& o)
{
    const bool json = o.has(options::k_json);
    const bool metrics = o.has(options::k_metrics);
    if (json && metrics)
        throw Error(ExitCode::usage, "{} and {} contradict each other: give one of them", label(options::k_json),
                    label(options::k_metrics));
    if (o.has(options::k_output) && !metrics)
        throw Error(ExitCode::usage, "{} needs {}", label(options::k_output), label(options::k_metrics));
    if (const auto file = o.text(options::k_output); file && file->empty())
        throw Error(ExitCode::usage, "{} needs the name of a file: '' is none", label(options::k_output));
    return json ? Form::json : metrics ? Form::metrics : Form::table;
}

Wanted wanted_value(const options::Given& o, Form form)
{
    // The first slice has all that is shown, but for who wants to see everybody.
    const bool all = form == Form::json || (form == Form::table && o.has(options::k_all));
    return {o.text(options::k_pattern), o.has(options::k_active),
            all ? limiter::Part::all : limiter::Part::first_slice};
}

// To people a listing of nothing says why.
void tell_of_nothing(const std::string& server, const Wanted& wanted)
{
    const std::string active = wanted.active ? "active " : "";
    base::message::notice(wanted.pattern ? fmt::format("{}: no {}limiter matches '{}'", server, active, *wanted.pattern)
                          : wanted.active ? fmt::format("{}: no limiter is active", server)
                                          : fmt::format("{}: no limiters yet", server));
}

// The code of the first trouble. The table names a broken limiter in its own row.
ExitCode tell_of_troubles(const Collected& found, Form form)
{
    ExitCode code = ExitCode::ok;
    const auto take = [&code](const Error& e, bool told) {
        if (!told)
            base::message::error(e.what());
        code = code == ExitCode::ok ? e.code() : code;
    };
    for (const Error& trouble : found.troubles)
        take(trouble, false);
    for (const LimiterReport& one : found.limiters)
        if (const auto* broken = std::get_if<Broken>(&one.status))
            take(broken->why, form == Form::table);
    return code;
}

void show(const Report& report, Form form, const options::Given& o)
{
    switch (form) {
    case Form::json: return print(json(report));
    case Form::metrics:
        if (const auto file = o.text(options::k_output))
            return replace_file(*file, metrics(report));
        return print(metrics(report));
    case Form::table: {
        const bool all = o.has(options::k_all);
        return print(table(report, {all || o.has(options::k_pattern), all}, terminal::screen_of_stdout()));
    }
    }
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::StatusOptions& options)
{
    const options::SettingSources sources(global, options);
    const Form form = form_value(options);
    const Settings settings = settings_from(sources);
    const Wanted wanted = wanted_value(options, form);
    const redis::Server server = settings.server.value_or(local::address());
    Collected found;
    if (auto session = open_existing_session(settings))
        found = collect(Asker(settings), *session, settings.key_prefix, wanted);
    const ExitCode code = tell_of_troubles(found, form);
    if (form == Form::table && found.limiters.empty() && code == ExitCode::ok)
        tell_of_nothing(server.display(), wanted);
    show({server.display(), settings.key_prefix, std::move(found.limiters)}, form, options);
    return code;
}

}  // namespace commands

// The subcommands by the words that lead to them, each with two examples for the end of its --help.
#pragma once

#include <array>
#include <string_view>

namespace options {

struct SubcommandWords {
    std::string_view path;
    std::string_view page;  // of the manual
    std::array<std::string_view, 2> examples;
};

inline constexpr const char* k_page = "limiters";
inline constexpr const char* k_sem_page = "limiters-sem";
inline constexpr const char* k_bucket_page = "limiters-bucket";

// clang-format off
inline constexpr std::array k_subcommand_words{
    SubcommandWords{"", k_page, {
        "limiters sem run --capacity 5 -- ./import",
        "limiters bucket run --rate 100/1m -- curl -sSf https://api.example.com/items"}},
    SubcommandWords{"sem", k_sem_page, {
        "limiters sem run --name deploy --capacity 3 --max-sleep 30m -- ./deploy.sh production",
        "lease=$(limiters sem acquire --name ledger --capacity 1 --until-exit $$) || exit"}},
    SubcommandWords{"sem run", k_sem_page, {
        "limiters sem run --name deploy --capacity 3 --max-sleep 30m -- ./deploy.sh production",
        "limiters sem run --capacity 1 -n -E 0 --min-hold 40s -- /usr/local/bin/backup"}},
    SubcommandWords{"sem acquire", k_sem_page, {
        "lease=$(limiters sem acquire --name ledger --capacity 1 --until-exit $$) || exit",
        "lease=$(limiters sem acquire --name tape --capacity 2 --expiry 10m --max-sleep 1h) || exit"}},
    SubcommandWords{"sem renew", k_sem_page, {
        "limiters sem renew \"$lease\"",
        "limiters sem renew --expiry 1h \"$lease\" || exit"}},
    SubcommandWords{"sem release", k_sem_page, {
        "limiters sem release \"$lease\"",
        "limiters sem release --name deploy --holder 3f2a9c01"}},
    SubcommandWords{"bucket", k_bucket_page, {
        "limiters bucket run --rate 100/1m -- curl -sSf https://api.example.com/items",
        "limiters bucket pipe --name crawl --rate 100/1m <urls.txt | xargs -n 1 curl -sSfLO"}},
    SubcommandWords{"bucket run", k_bucket_page, {
        "xargs -a urls.txt -P 8 -n 1 limiters bucket run --name crawl --rate 100/1m -- curl -sSfLO",
        "limiters bucket run --capacity 10000 --refill-amount 10000 --refill-frequency 1d -- ./ask-api"}},
    SubcommandWords{"bucket acquire", k_bucket_page, {
        "while limiters bucket acquire --name poll --rate 1/10s; do ./poll; done",
        "limiters bucket acquire --name api --rate 100/1m --tokens 20 --max-sleep 1m || exit"}},
    SubcommandWords{"bucket pipe", k_bucket_page, {
        "limiters bucket pipe --name crawl --rate 100/1m <urls.txt | xargs -n 1 curl -sSfLO",
        "tail -f app.log | limiters bucket pipe --name mail --rate 5/1h --capacity 5 | ./send-mail"}},
    SubcommandWords{"status", k_page, {
        "limiters status 'deploy*'",
        "limiters status --json | jq '.limiters[] | select(.waiters > 0) | .name'"}},
    SubcommandWords{"top", k_page, {
        "limiters top",
        "limiters top 'deploy*'"}},
    SubcommandWords{"reset", k_page, {
        "limiters reset sem deploy",
        "limiters reset --yes bucket api"}},
    SubcommandWords{"limit", k_page, {
        "limiters limit sem deploy --capacity 1 --for 2h --reason 'the database is slow'",
        "limiters limit bucket api --clear"}},
    SubcommandWords{"pause", k_page, {
        "limiters pause sem deploy --reason 'the disk is full'",
        "limiters pause bucket api --for 30 --reason 429"}},
    SubcommandWords{"resume", k_page, {
        "limiters resume sem deploy",
        "limiters resume bucket api"}},
    SubcommandWords{"doctor", k_page, {
        "limiters doctor --redis rediss://redis.example.com",
        "redis-cli ACL SETUSER jobs on '>PASSWORD' $(limiters doctor --acl)"}},
    SubcommandWords{"server", k_page, {
        "limiters server start",
        "limiters server status"}},
    SubcommandWords{"server start", k_page, {
        "limiters server start",
        "@reboot limiters -q server start"}},
    SubcommandWords{"server stop", k_page, {
        "limiters server stop",
        "limiters server stop --force"}},
    SubcommandWords{"server status", k_page, {
        "limiters server status",
        "limiters server status >/dev/null || limiters server start"}},
};
// clang-format on

}  // namespace options

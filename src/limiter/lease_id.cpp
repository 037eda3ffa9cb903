#include "limiter/lease_id.hpp"

#include "base/name.hpp"
#include "base/number.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace limiter {

namespace {

constexpr std::string_view k_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(std::string_view bytes)
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6)
            out += k_digits[bits >> (count - 6) & 63];
    }
    if (count > 0)
        out += k_digits[bits << (6 - count) & 63];
    return out;
}

// Decodes base64url. What is no digit of it, or left over at the end, is not looked at: who must know encodes the
// result again and compares.
std::string decoded(std::string_view text)
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        bits = bits << 6 | static_cast<std::uint32_t>(k_digits.find(c) & 63);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 255);
        }
    }
    return out;
}

bool is_hex(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The hash FNV-1a of 32 bits, which tells servers apart and protects nothing.
std::uint32_t hash(std::string_view text)
{
    std::uint32_t value = 2166136261U;
    for (const char c : text)
        value = (value ^ static_cast<unsigned char>(c)) * 16777619U;
    return value;
}

constexpr std::size_t k_id_size = 32;
constexpr std::size_t k_hash_size = 8;
constexpr std::int64_t k_longest_ms = 86400000;  // of an --expiry: a day

std::string suffix(const Kept& kept)
{
    return kept == Kept{} ? std::string() : fmt::format(".{}.{}", kept.lease.count(), kept.ticket);
}

// The two numbers of a suffix; nothing for a text that is none.
Kept kept_of(std::string_view suffix)
{
    const std::size_t dot = suffix.find('.', 1);
    if (dot == std::string_view::npos)
        return {};
    const auto lease = base::whole_number<std::int64_t>(suffix.substr(1, dot - 1));
    const auto ticket = base::whole_number<std::int64_t>(suffix.substr(dot + 1));
    if (!lease || !ticket || *lease <= 0 || *lease > k_longest_ms || *ticket <= 0)
        return {};
    return {std::chrono::milliseconds(*lease), *ticket};
}

}  // namespace

std::string lease_id(std::string_view name, std::string_view id, std::string_view server, std::string_view prefix,
                     const Kept& kept)
{
    return fmt::format("sem.{}.{}.{:08x}{}", base64url(name), id, hash(fmt::format("{} {}", server, prefix)),
                       suffix(kept));
}

std::optional<Lease> parse_lease(std::string_view lease)
{
    const std::size_t name = lease.find('.') + 1;
    const std::size_t dot = lease.find('.', name);
    const std::size_t kept = dot + 1 + k_id_size + 1 + k_hash_size;
    if (dot == std::string_view::npos || lease.size() < kept)
        return std::nullopt;
    const Lease out{decoded(lease.substr(name, dot - name)), std::string(lease.substr(dot + 1, k_id_size)),
                    kept_of(lease.substr(kept))};
    const std::string_view hash = lease.substr(dot + 1 + k_id_size + 1, k_hash_size);
    if (lease != fmt::format("sem.{}.{}.{}{}", base64url(out.name), out.id, hash, suffix(out.kept)) ||
        !is_hex(out.id) || !is_hex(hash) || !base::name_problem(out.name).empty())
        return std::nullopt;
    return out;
}

std::string id_of_lease(std::string_view lease, std::string_view name, std::string_view server, std::string_view prefix)
{
    const auto parsed = parse_lease(lease);
    return parsed && lease_id(name, parsed->id, server, prefix, parsed->kept) == lease ? parsed->id : std::string();
}

}  // namespace limiter

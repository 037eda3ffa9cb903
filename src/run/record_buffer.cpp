#include "run/record_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace run {

namespace {

constexpr std::size_t k_size = 1 << 20;
constexpr std::size_t k_half = k_size / 2;        // fuller than this, nothing is read
constexpr std::size_t k_least_room = k_size / 8;  // with less at the end, what is there moves to the front
constexpr std::int64_t k_piece = 4096;            // of a record larger than the buffer whose bytes are paid one by one

// A block of a fixed size is what the compiler counts many bytes of with one instruction, and 255 is the most that a
// byte can count.
constexpr std::size_t k_block = 128;

std::size_t count_in_block(const char* block, char wanted)
{
    std::uint8_t count = 0;
    for (std::size_t i = 0; i < k_block; ++i)
        count = static_cast<std::uint8_t>(count + (block[i] == wanted ? 1 : 0));
    return count;
}

std::size_t count(std::string_view bytes, char wanted)
{
    std::size_t count = 0;
    for (; bytes.size() >= k_block; bytes.remove_prefix(k_block))
        count += count_in_block(bytes.data(), wanted);
    return count + static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), wanted));
}

}  // namespace

RecordBuffer::RecordBuffer(char delimiter, bool tokens_from_size)
    : m_delimiter(delimiter), m_tokens_from_size(tokens_from_size), m_bytes(k_size)
{
}

std::span<char> RecordBuffer::room()
{
    if (k_size - m_end < k_least_room) {
        std::memmove(m_bytes.data(), m_bytes.data() + m_begin, m_end - m_begin);
        m_released -= m_begin;
        m_ready -= m_begin;
        m_end -= m_begin;
        m_begin = 0;
    }
    return std::span(m_bytes).subspan(m_end);
}

bool RecordBuffer::wants_input() const
{
    return !m_ended && m_end - m_begin <= k_half;
}

void RecordBuffer::received(std::size_t size)
{
    std::size_t from = m_end;
    m_end += size;
    if (m_open) {
        const bool paid = !m_tokens_from_size && m_released == from;
        from = end_of_record(from, m_end);
        m_open = !is_whole(from);
        m_ready = from;
        if (paid)
            m_released = from;
    }
    const std::string_view rest(m_bytes.data() + from, m_end - from);
    if (const std::size_t last = rest.rfind(m_delimiter); last != std::string_view::npos) {
        m_ready = from + last + 1;
        m_ready_records += static_cast<std::int64_t>(count(rest.substr(0, last + 1), m_delimiter));
    }
    open_if_full();
}

void RecordBuffer::end()
{
    m_ended = true;
    m_open = false;
    if (m_ready < m_end)
        ++m_ready_records;
    m_ready = m_end;
}

// A record whose beginning fills the buffer is open, because there is no room to wait for its end.
void RecordBuffer::open_if_full()
{
    if (m_open || m_ready > m_begin || wants_input() || m_ended)
        return;
    m_open = true;
    m_ready = m_end;
    ++m_ready_records;
}

std::int64_t RecordBuffer::price() const
{
    return m_tokens_from_size ? static_cast<std::int64_t>(m_ready - m_released) : m_ready_records;
}

std::int64_t RecordBuffer::next_price() const
{
    if (!m_tokens_from_size)
        return std::min<std::int64_t>(1, m_ready_records);
    const auto size = static_cast<std::int64_t>(end_of_record(m_released, m_ready) - m_released);
    return m_open ? std::min(size, k_piece) : size;
}

std::int64_t RecordBuffer::release(std::int64_t tokens)
{
    return m_tokens_from_size ? release_bytes(tokens) : release_records(tokens);
}

std::int64_t RecordBuffer::release_records(std::int64_t tokens)
{
    const std::int64_t count = std::min(tokens, m_ready_records);
    m_released = count == m_ready_records ? m_ready : end_of_records(m_released, static_cast<std::size_t>(count));
    m_ready_records -= count;
    m_records += count;
    return count;
}

std::int64_t RecordBuffer::release_bytes(std::int64_t tokens)
{
    const std::size_t from = m_released;
    std::size_t left = static_cast<std::size_t>(tokens);
    for (std::size_t end = 0; m_released < m_ready && left > 0; m_released = end) {
        end = end_of_record(m_released, m_ready);
        if (m_open)
            end = std::min(end, m_released + left);
        else if (end - m_released > left)
            break;
        else
            ++m_records;
        left -= end - m_released;
    }
    return static_cast<std::int64_t>(m_released - from);
}

std::string_view RecordBuffer::writable(std::size_t most) const
{
    const std::string_view released(m_bytes.data() + m_begin, m_released - m_begin);
    if (released.size() <= most)
        return released;
    const std::size_t last = released.substr(0, most).rfind(m_delimiter);
    return released.substr(0, last == std::string_view::npos ? most : last + 1);
}

void RecordBuffer::written(std::size_t size)
{
    m_begin += size;
    open_if_full();
}

// The place behind the first delimiter, or `to`.
std::size_t RecordBuffer::end_of_record(std::size_t from, std::size_t to) const
{
    const void* found = std::memchr(m_bytes.data() + from, m_delimiter, to - from);
    return found == nullptr ? to : static_cast<std::size_t>(static_cast<const char*>(found) - m_bytes.data()) + 1;
}

// The place behind so many delimiters; that many are there.
std::size_t RecordBuffer::end_of_records(std::size_t from, std::size_t count) const
{
    while (m_ready - from >= k_block) {
        const std::size_t here = count_in_block(m_bytes.data() + from, m_delimiter);
        if (here >= count)
            break;
        count -= here;
        from += k_block;
    }
    while (count-- > 0)
        from = end_of_record(from, m_ready);
    return from;
}

bool RecordBuffer::is_whole(std::size_t end) const
{
    return m_bytes[end - 1] == m_delimiter;
}

}  // namespace run

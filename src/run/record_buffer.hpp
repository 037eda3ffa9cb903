// What bucket pipe has read and not written yet, in a buffer of fixed size: which bytes are whole records, what these
// cost, and which may go out. No byte is changed, dropped or reordered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace run {

class RecordBuffer {
public:
    // A record ends with this byte and costs one token, or one for each of its bytes. At the end of the input the last
    // one may lack it.
    RecordBuffer(char delimiter, bool tokens_from_size);

    // Whether more may be read: false when there is too little room, and after end().
    [[nodiscard]] bool wants_input() const;

    // Where to put what is read; not empty while wants_input().
    std::span<char> room();
    void received(std::size_t size);
    void end();
    [[nodiscard]] bool done() const { return m_ended && m_begin == m_end; }

    // The price of all records that are there and were not released. A record that is not there in full costs nothing
    // yet, unless it is larger than the buffer.
    [[nodiscard]] std::int64_t price() const;

    // The price of the next of them, 0 if there is none. Of a record larger than the buffer, that of some bytes, if
    // bytes cost tokens.
    [[nodiscard]] std::int64_t next_price() const;

    // Releases as many records as so many tokens pay for; returns how many were used.
    std::int64_t release(std::int64_t tokens);

    // Bytes that were released: whole records in so many bytes if possible, else the beginning of one.
    [[nodiscard]] std::string_view writable(std::size_t most) const;
    void written(std::size_t size);

    // How many records were released so far; a record larger than the buffer counts when its end was.
    [[nodiscard]] std::int64_t records() const { return m_records; }

private:
    void open_if_full();
    std::int64_t release_records(std::int64_t tokens);
    std::int64_t release_bytes(std::int64_t tokens);
    [[nodiscard]] std::size_t end_of_record(std::size_t from, std::size_t to) const;
    [[nodiscard]] std::size_t end_of_records(std::size_t from, std::size_t count) const;
    [[nodiscard]] bool is_whole(std::size_t end) const;

    const char m_delimiter;
    const bool m_tokens_from_size;
    std::vector<char> m_bytes;
    // Offsets in the buffer: 0 <= begin <= released <= ready <= end. What lies before each of them is written, may be
    // written, is known to be records, and is read.
    std::size_t m_begin = 0;
    std::size_t m_released = 0;
    std::size_t m_ready = 0;
    std::size_t m_end = 0;
    std::int64_t m_ready_records = 0;  // from m_released to m_ready
    bool m_open = false;               // the last of them has no end yet: it is larger than the buffer
    bool m_ended = false;
    std::int64_t m_records = 0;
};

}  // namespace run

#include "options/words.hpp"

#include <algorithm>

namespace options {

bool Words::has(std::string_view word) const
{
    return std::find(m_words.begin(), m_words.end(), word) != m_words.end();
}

bool Words::can_mean(const Flag& flag) const
{
    return flag.type == Type::word || has_option(flag.name, flag.letter) || ask_for_help();
}

std::string_view Words::whole(std::string_view part) const
{
    if (has(part))
        return part;
    const auto found = std::find_if(m_words.begin(), m_words.end(), [part](std::string_view word) {
        return word.starts_with('-') && !word.starts_with("--") && word.ends_with(part.substr(1));
    });
    return found != m_words.end() ? *found : part;
}

bool Words::has_option(std::string_view name, char letter) const
{
    return std::any_of(m_words.begin(), m_words.end(), [name, letter](std::string_view word) {
        if (word.starts_with("--"))
            return word.substr(2, word.find('=') - 2) == name;
        return letter != '\0' && word.starts_with('-') && word.find(letter, 1) != word.npos;  // -qv, -n5
    });
}

}  // namespace options

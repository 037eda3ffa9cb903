#include "options/words.hpp"

#include <algorithm>

namespace options {

bool Words::has(std::string_view word) const
{
    return std::find(m_words.begin(), m_words.end(), word) != m_words.end();
}

bool Words::can_mean(std::string_view names) const
{
    return has_option(names) || ask_for_help();
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

bool Words::has_option(std::string_view names) const
{
    const char letter = names[1];  // another '-' if it has no short name
    return std::any_of(m_words.begin(), m_words.end(), [names, letter](std::string_view word) {
        if (word.starts_with("--"))
            return names.ends_with(word.substr(0, word.find('=')));
        return word.starts_with('-') && word.find(letter, 1) != std::string_view::npos;  // -qv, -n5
    });
}

}  // namespace options

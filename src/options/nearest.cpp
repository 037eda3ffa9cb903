#include "options/nearest.hpp"

#include <algorithm>

namespace options {

namespace {

// How many letters to add, leave out, replace, or exchange with their neighbour (Damerau and Levenshtein).
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            std::size_t& here = rows[i][j];
            here = i == 0 || j == 0 ? i + j
                                    : std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                                                rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                here = std::min(here, rows[i - 2][j - 2] + 1);
        }
    return rows[a.size()][b.size()];
}

// The first letters count too: --capa, redis-url.
bool is_near(std::string_view word, std::string_view known)
{
    return distance(word, known) <= (word.size() + 1) / 3 || word.starts_with(known) ||
           (word.size() > 2 && known.starts_with(word));
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known)
{
    const auto found = std::min_element(known.begin(), known.end(), [word](std::string_view a, std::string_view b) {
        return distance(word, a) < distance(word, b);
    });
    if (found != known.end() && is_near(word, *found))
        return *found;
    const auto longer =
        std::find_if(known.begin(), known.end(), [word](std::string_view k) { return is_near(word, k); });
    return longer != known.end() ? *longer : std::string_view();
}

}  // namespace options

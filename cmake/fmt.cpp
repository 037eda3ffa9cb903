// fmt for the static link: Debian ships no libfmt.a, and its header-only form costs every file that includes it three
// seconds to compile. All of fmt that is not a template, and what its headers declare as instantiated elsewhere.
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
namespace detail {
template FMT_API auto thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto decimal_point_impl<char>(locale_ref) -> char;
template FMT_API void buffer<char>::append(const char*, const char*);
template FMT_API void vformat_to<char>(buffer<char>&, basic_string_view<char>,
                                       basic_format_args<basic_format_context<appender, char>>, locale_ref);
}  // namespace detail
FMT_END_NAMESPACE

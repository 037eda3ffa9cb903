#include "limiter/who.hpp"

#include <doctest/doctest.h>

using limiter::readable;
using limiter::text_of;
using limiter::Who;
using limiter::who_of;

TEST_CASE("a holder is read as it was written, whatever stands in its command and label")
{
    for (const Who& who : {Who{"web2", "4711", "deploy.sh", "https://ci.example/76"}, Who{"web2", "1", "a b", ""},
                           Who{"web2", "1", "x", "/"}, Who{"web2", "1", "x", "a / b"}, Who{"", "", "", ""}})
        CHECK(who_of(text_of(who)) == who);
}

TEST_CASE("a holder without a label is written as before there were labels")
{
    CHECK(text_of({"web2", "4711", "deploy.sh", ""}) == "web2 4711 deploy.sh");
    CHECK(who_of("web2 4711 deploy.sh") == Who{"web2", "4711", "deploy.sh", ""});
    CHECK(who_of("web2") == Who{"web2", "", "", ""});
}

TEST_CASE("a holder is told in one phrase")
{
    CHECK(readable({"web2", "4711", "deploy.sh", ""}) == "deploy.sh 4711 on web2");
    CHECK(readable({"web2", "4711", "deploy.sh", "a"}, " for 41m") == "deploy.sh 4711 on web2 for 41m (a)");
}

TEST_CASE("a holder whose record does not tell who it is has a phrase too")
{
    CHECK(readable({}) == "somebody unknown");
    CHECK(readable({}, " for 41m") == "somebody unknown for 41m");
    CHECK(readable({"web2", "", "", ""}) == "somebody unknown");
}

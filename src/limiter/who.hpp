// How a holder or a waiter calls itself.
#pragma once

#include <string>
#include <string_view>

namespace limiter {

// All of it is empty where a record does not tell.
struct Who {
    std::string host;
    std::string pid;
    std::string command;  // a base name: it has no slash
    std::string label;    // --label

    bool operator==(const Who&) const = default;
};

// As it stands in a record, and back. A label stands behind a slash, which no command has, so that who has none costs
// nothing and every older record can be read.
std::string text_of(const Who& who);
Who who_of(std::string_view text);

// "deploy.sh 4711 on web2", and the same with what stands between it and the label: "… for 41m (https://ci/76)".
std::string readable(const Who& who, std::string_view between = {});

}  // namespace limiter

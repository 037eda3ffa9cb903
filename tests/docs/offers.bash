# bash offers.bash COMPLETION BASH_COMPLETION LINE…: what bash offers at the end of each LINE.
# BASH_COMPLETION: the file of that package to load first, or empty for a bash without it.

# shellcheck source=/dev/null
[[ -z $2 ]] || source "$2"
# shellcheck source=/dev/null
source "$1"
complete -W "--of-program" program
shift 2

for line; do
    # bash makes words of its own of "=" and ":", which are in COMP_WORDBREAKS.
    words=${line//=/ = }
    read -ra COMP_WORDS <<<"${words//:/ : }"
    [[ $line != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
    _limiters limiters "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '== %s\n' "$line"
    ((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
done

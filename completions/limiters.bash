# bash completion for limiters(1)                          -*- shell-script -*-
# What is offered is what `limiters … --help` tells, and what limiters and holders `limiters status` lists: there is
# nothing here to keep up to date.

# What follows "--" is completed as if it stood alone, as for sudo and nohup.
_limiters_command()
{
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
    else
        compopt -o default
    fi
}

# Adds to values, for each option of one level, the placeholder of its value (D, stop|keep), or nothing for a flag. Sets
# next to the words that may follow: subcommands, "--", or a blank for those that --help cannot know.
_limiters_read_help() # COMMAND SUBCOMMAND…
{
    local line section='' option='^  ((-[[:alnum:]]), *)?(--[a-z-]+)( ([^ ]+))?( |$)' subcommand='^  ([a-z]+) '
    next=''
    while IFS= read -r line; do
        if [[ $line =~ $option ]]; then
            values[${BASH_REMATCH[3]}]=${BASH_REMATCH[5]}
            [[ ! ${BASH_REMATCH[2]} ]] || values[${BASH_REMATCH[2]}]=${BASH_REMATCH[5]}
        elif [[ $section == Subcommands: && $line =~ $subcommand ]]; then
            next+="${BASH_REMATCH[1]} "
        elif [[ $line == Usage:*' -- CMD'* ]]; then
            next=--
        elif [[ $line == Positionals: ]]; then
            next=' '
        elif [[ $line == [A-Z]*: ]]; then
            section=$line
        fi
    done < <("$@" --help 2>/dev/null)
}

# Sets words to what stands on the line up to the cursor: COMP_WORDS are cut at ":" and "=" by COMP_WORDBREAKS.
_limiters_read_line()
{
    local word rest=$COMP_LINE
    words=()
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if ((${#words[@]} == 0)) || [[ $rest == [[:blank:]]* ]]; then
            words+=("$word")
        else
            words[-1]+=$word
        fi
        rest=${rest#*"$word"}
    done
}

# The text of a word as typed, of quotes and backslashes; xargs expands nothing else.
_limiters_unquoted() # WORD
{
    xargs -r printf %s <<<"${1/#~\//$HOME/}" 2>/dev/null
}

# status starts no server; who waits for a completion does not wait long for one that is away.
_limiters_status() # OPTION…
{
    timeout 0.2 "${path[0]}" "${globals[@]}" -q --redis-timeout 200ms status "$@" </dev/null 2>/dev/null
}

# Names of limiters, one a line, from status --metrics, which has one to a line. A name with bytes that status shows as
# \xNN is left out, because the same may stand in a name for itself, and one that would be taken for an option.
_limiters_names() # KIND
{
    local of='semaphore_slots|bucket_capacity_tokens'
    case $1 in
        sem) of=semaphore_slots ;;
        bucket) of=bucket_capacity_tokens ;;
    esac
    _limiters_status --metrics |
        sed -nE "/^limiters_($of)\{/!d"'; s/^[^"]*"(.*)".*/\1/; /^-|\\\\x[0-9a-f]{2}/d; s/\\(["\\])/\1/g; p' | sort -u
}

# Texts, one a line, as patterns that match nothing else.
_limiters_patterns()
{
    sed 's/[][*?\\]/\\&/g'
}

# What status --json tells of holders: id or lease, one a line. No other text of it can look so, as JSON escapes quotes.
_limiters_holders() # id|lease PATTERN…
{
    local field=4
    [[ $1 != lease ]] || field=8
    _limiters_status --json "${@:2}" | grep -oE '"id":"[^"]*","lease":"[^"]*"' | cut -d '"' -f $field
}

# What only the server knows of the word at the cursor, one a line: the value of option, or the word that comes after
# those in given.
_limiters_live()
{
    case $option:${path[1]-}:${path[2]-} in
        --name:*) _limiters_names "${path[1]}" ;;
        --holder:*)
            [[ ! $name ]] || _limiters_holders id "$(_limiters_unquoted "$name" | _limiters_patterns)"
            ;;
        :status: | :top:) ((${#given[@]})) || _limiters_names any | _limiters_patterns ;;
        :reset: | :limit: | :pause: | :resume:)
            ((${#given[@]} != 1)) || [[ ${given[0]} != @(sem|bucket) ]] || _limiters_names "${given[0]}"
            ;;
        :sem:release | :sem:renew) [[ ${given[*]} || $name ]] || _limiters_holders lease ;;
    esac
}

# Adds to COMPREPLY what goes on from the word typed, quoted as it is there. Readline keeps an open quote and closes it,
# but only if the text in it needs no further care: other texts are not offered there.
_limiters_offer() # TEXT…
{
    local text
    for text; do
        case $cur in
            \'*) [[ $text != *\'* ]] || continue ;;
            \"*) [[ $text != *[\"\$\\\`!]* ]] || continue ;;
            *) [[ $text != *[^[:alnum:]_./:@%+,=-]* ]] || printf -v text %q "$text" ;;
        esac
        [[ $text == "${cur#[\'\"]}"* ]] || continue
        text=$before$text
        COMPREPLY+=("${text#"$stem"}")
    done
}

_limiters()
{
    local option='' before='' name='' known word value words next cur stem i
    local path=("${1/#~\//$HOME/}") given=() globals=() offers=()
    local -A values=()
    COMPREPLY=()

    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then
            _limiters_command $((i + 1))
            return
        fi
    done
    _limiters_read_line
    _limiters_read_help "${path[@]}"
    known=" ${!values[*]} "
    for word in "${words[@]:1:${#words[@]}-2}"; do
        value=$word
        if [[ ! $option && $word == --*=* ]]; then
            option=${word%%=*} value=${word#*=}
        fi
        if [[ $option ]]; then
            [[ $option != --name ]] || name=$value
            [[ $known != *" $option "* || $option == --redis-timeout ]] ||
                globals+=("$option" "$(_limiters_unquoted "$value")")
            option=''
        elif [[ $word == -* ]]; then
            [[ $word == --* ]] || word=-${word: -1} # of a cluster such as -nj
            [[ ! ${values[$word]-} ]] || option=$word
        elif [[ " $next" == *" $word "* ]]; then
            path+=("$word")
            _limiters_read_help "${path[@]}"
        else
            given+=("$word")
        fi
    done

    # Only what stands behind the last ":" or "=" is replaced by what is offered.
    cur=${words[-1]} stem=${COMP_WORDS[COMP_CWORD]}
    [[ $stem != [=:] ]] || stem=''
    stem=${cur%"$stem"}
    if [[ ! $option && $cur == --*=* ]]; then
        option=${cur%%=*} before=$option= cur=${cur#*=}
    fi
    case $option:${values[${option:-none}]-} in
        :) # Where a word may follow, the options wait until a dash asks for them.
            read -ra offers <<<"$next"
            [[ $next == [a-z\ ]* && $cur != -* ]] || offers+=("${!values[@]}")
            ;;
        *:FILE | *:PATH)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -P "$before" -f -- "$cur")
            COMPREPLY=("${COMPREPLY[@]#"$stem"}")
            return
            ;;
        *\|*) IFS='|' read -ra offers <<<"${values[$option]}" ;;
    esac
    ((${#offers[@]})) || mapfile -t offers < <(_limiters_live)
    _limiters_offer "${offers[@]}"
} &&
    complete -F _limiters limiters

# ex: filetype=sh

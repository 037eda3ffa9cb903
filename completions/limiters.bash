# bash completion for limiters(1)                          -*- shell-script -*-
# What is offered is what `limiters … --help` tells: there is nothing here to keep up to date.

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
# next to the words that may follow: subcommands, "--", or a blank for those that nobody else can know.
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

_limiters()
{
    local cur=${COMP_WORDS[COMP_CWORD]} option='' before='' words='' next word i
    local path=("${1/#~\//$HOME/}")
    local -A values=()
    COMPREPLY=()

    _limiters_read_help "${path[@]}"
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == -- ]]; then
            _limiters_command $((i + 1))
            return
        elif [[ $word == = && $option ]]; then
            continue # COMP_WORDBREAKS has made three words of --option=value
        elif [[ $option ]]; then
            option=''
        elif [[ $word == -* ]]; then
            [[ $word == --* ]] || word=-${word: -1} # of a cluster such as -nj
            [[ ! ${values[$word]-} ]] || option=$word
        elif [[ " $next" == *" $word "* ]]; then
            path+=("$word")
            _limiters_read_help "${path[@]}"
        fi
    done

    if [[ $cur == = ]]; then
        cur=''
    elif [[ ! $option && $cur == --*=* ]]; then
        option=${cur%%=*} before=$option= cur=${cur#*=}
    fi
    case $option:${values[${option:-none}]-} in
        :) # Where a word may follow, the options wait until a dash asks for them.
            words=$next
            [[ $next == [a-z\ ]* && $cur != -* ]] || words+=" ${!values[*]}"
            ;;
        *:FILE | *:PATH)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -P "$before" -f -- "$cur")
            return
            ;;
        *\|*) words=${values[$option]//|/ } ;;
    esac
    mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "$cur")
} &&
    complete -F _limiters limiters

# ex: filetype=sh

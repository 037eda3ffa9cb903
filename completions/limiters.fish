# fish completion for limiters(1). What is offered is what `limiters … --help` tells, and what limiters and holders
# `limiters status` lists: there is nothing here to keep up to date.

# The placeholder of an option's value, such as D or stop|keep; nothing for a flag. Of a cluster such as -nj only the
# last letter can have one.
function __limiters_value # OPTION HELP…
    set -l option (string replace -r '^-[^-]*([^-])$' -- '-$1' $argv[1] | string escape --style=regex)
    string match -rg -- "^  (?:-., *)?$option(?:, *--[a-z-]+)? (\S+)" $argv[2..]
end

function __limiters_subcommands # HELP…
    set -l heading (contains -i Subcommands: $argv); or return
    for line in $argv[(math $heading + 1)..]
        test -n "$line"; or return 0
        string replace -r '^ +(\S+) +' '$1\t' -- $line
    end
end

# Names of limiters, one a line, from status --metrics, which has one to a line. A name with bytes that status shows as
# \xNN is left out, because the same may stand in a name for itself, and one that would be taken for an option.
function __limiters_names # KIND STATUS…
    set -l of 'semaphore_slots|bucket_capacity_tokens'
    switch $argv[1]
        case sem
            set of semaphore_slots
        case bucket
            set of bucket_capacity_tokens
    end
    $argv[2..] --metrics </dev/null 2>/dev/null |
        sed -nE "/^limiters_($of)\{/!d"'; s/^[^"]*"(.*)".*/\1/; /^-|\\\\\\\\x[0-9a-f]{2}/d; s/\\\\(["\\\\])/\1/g; p' |
        sort -u
end

# Texts as patterns that match nothing else.
function __limiters_patterns # TEXT…
    string replace -ra '[][*?\\\\]' '\\\\$0' -- $argv
end

# What status --json tells of holders: id or lease, one a line. No other text of it can look so, as JSON escapes quotes.
function __limiters_holders # id|lease STATUS…
    $argv[2..] --json </dev/null 2>/dev/null | string match -arg -- '"id":"([^"]*)","lease":"([^"]*)"' |
        sed -n (test $argv[1] = id; and echo 1~2p; or echo 2~2p)
end

function __limiters
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # What follows "--" is completed as if it stood alone, as for sudo and nohup.
    if set -l dashes (contains -i -- -- $words)
        complete -C (string join ' ' -- (string escape -- $words[(math $dashes + 1)..]) $current)
        return
    end

    # level: the help of the subcommand so far; help: that of the levels above it, too.
    set -l path $words[1]
    set -l level ($path --help 2>/dev/null)
    set -l help $level
    set -l common $level
    set -l option
    set -l value
    set -l name
    set -l given
    # status starts no server; who waits for a completion does not wait long for one that is away.
    set -l live timeout 0.2 $words[1] -q --redis-timeout 200ms
    for word in $words[2..]
        set -l text $word
        if not set -q value[1]; and string match -q -- '--*=*' $word
            set option (string replace -r '=.*' '' -- $word)
            set value (__limiters_value $option $help)
            set text (string replace -r '^[^=]*=' '' -- $word)
        end
        if set -q value[1]
            test $option = --name; and set name $text
            if test $option != --redis-timeout; and string length -q -- (__limiters_value $option $common)
                set -a live $option (string replace -r '^~/' "$HOME/" -- $text)
            end
            set value
        else if string match -q -- '-*' $word
            set option $word
            set value (__limiters_value $word $help)
        else if string match -q -- $word\t'*' (__limiters_subcommands $level)
            set -a path $word
            set level ($path --help 2>/dev/null)
            set -a help $level
        else
            set -a given $word
        end
    end
    set -a live status

    set -l before
    if not set -q value[1]; and set before (string match -r -- '^--[^=]+=' $current)
        set option (string trim -rc = -- $before)
        set value (__limiters_value $option $help)
        set current (string replace -- $before '' $current)
    end
    set -q value[1]; or set option
    switch "$value"
        case ''
            string match -q -- 'Usage:* -- CMD*' $level; and printf '%s\t%s\n' -- 'the command follows'
            # Where a word may follow, the options wait until a dash asks for them.
            if begin
                    __limiters_subcommands $level; or contains Positionals: $level
                end; and not string match -q -- '-*' $current
                switch "$path[2..]"
                    case status top
                        set -q given[1]; or __limiters_patterns (__limiters_names any $live)
                    case reset limit pause resume
                        contains -- "$given" sem bucket; and __limiters_names $given $live
                    case 'sem release' 'sem renew'
                        set -q given[1]; or set -q name[1]; or __limiters_holders lease $live
                end
                return
            end
            string replace -rf '^  (?:-., *)?(--[a-z-]+)(?: \S+)?(?: +(.*))?$' '$1\t$2' -- $help
            string replace -rf '^  (-[^-]), *--[a-z-]+(?: \S+)?(?: +(.*))?$' '$1\t$2' -- $help
        case FILE PATH
            string replace -r -- '^' "$before" (__fish_complete_path $current)
        case '*|*'
            string replace -r -- '^' "$before" (string split '|' -- $value)
        case '*'
            switch "$option"
                case --name
                    string replace -r -- '^' "$before" (__limiters_names "$path[2]" $live)
                case --holder
                    set -q name[1]
                    and string replace -r -- '^' "$before" (__limiters_holders id $live (__limiters_patterns $name))
            end
    end
end

complete -c limiters -f -a '(__limiters)'

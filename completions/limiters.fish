# fish completion for limiters(1). What is offered is what `limiters … --help` tells: there is nothing here to keep up to
# date.

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
    set -l value
    for word in $words[2..]
        if set -q value[1]
            set value
        else if string match -q -- '-*' $word
            set value (__limiters_value $word $help)
        else if string match -q -- $word\t'*' (__limiters_subcommands $level)
            set -a path $word
            set level ($path --help 2>/dev/null)
            set -a help $level
        end
    end

    set -l before
    if not set -q value[1]; and set before (string match -r -- '^--[^=]+=' $current)
        set value (__limiters_value (string trim -rc = -- $before) $help)
        set current (string replace -- $before '' $current)
    end
    switch "$value"
        case ''
            string match -q -- 'Usage:* -- CMD*' $level; and printf '%s\t%s\n' -- 'the command follows'
            # Where a word may follow, the options wait until a dash asks for them.
            __limiters_subcommands $level; or contains Positionals: $level; and not string match -q -- '-*' $current; and return
            string replace -rf '^  (?:-., *)?(--[a-z-]+)(?: \S+)?(?: +(.*))?$' '$1\t$2' -- $help
            string replace -rf '^  (-[^-]), *--[a-z-]+(?: \S+)?(?: +(.*))?$' '$1\t$2' -- $help
        case FILE PATH
            string replace -r -- '^' "$before" (__fish_complete_path $current)
        case '*|*'
            string replace -r -- '^' "$before" (string split '|' -- $value)
    end
end

complete -c limiters -f -a '(__limiters)'

# The .zshrc of an interactive zsh on a terminal of its own: completion works nowhere else. It writes to $OFFERS what
# zsh offers at the end of each line of $LINES_TO_COMPLETE, completes with the functions in $COMPLETIONS, and ends.

fpath=($COMPLETIONS $fpath)
autoload -Uz compinit
compinit -u -D
compdef '_arguments --of-program' program

# Every completion goes through compadd; with -A, -D or -O it only fills arrays and offers nothing.
compadd() {
    local -a offers
    if (( ! ${argv[(I)-[ADO]]} )); then
        builtin compadd -O offers "$@"
        (( ! $#offers )) || print -rl -- $offers >>$OFFERS
    fi
    builtin compadd "$@"
}
zle -C list-offers list-choices _main_complete

zle-line-init() {
    for BUFFER in ${(f)LINES_TO_COMPLETE}; do
        CURSOR=$#BUFFER
        print -r -- "== $BUFFER" >>$OFFERS
        zle list-offers
    done
    exit
}
zle -N zle-line-init

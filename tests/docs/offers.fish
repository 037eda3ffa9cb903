# fish offers.fish COMPLETION LINE…: what fish offers at the end of each LINE.

source $argv[1]
complete -c program -f -l of-program

for line in $argv[2..]
    echo "== $line"
    for offer in (complete -C $line)
        string replace -r "\t.*" "" -- $offer # the rest is its description
    end
end
true # no offer at the last line is no failure

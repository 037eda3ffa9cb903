# shellcheck shell=bash
# debian SUITE FOLDER PACKAGE…: puts a new Debian in a folder, with these packages and the way to the network that this
# machine has. Needs root and the network; takes a minute and 300 MB. What it says goes to FOLDER.log.
debian() {
    local suite=$1 folder=$2 mirror packages
    packages=$(IFS=, && shift 2 && echo "$*")
    command -v debootstrap >/dev/null || apt-get -qq -y install debootstrap >/dev/null
    # shellcheck disable=SC2016 # apt-get's own placeholder
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/*$')
    debootstrap --variant=minbase --include="$packages" "$suite" "$folder" "$mirror" >"$folder.log" 2>&1 || {
        tail -n 5 "$folder.log" >&2
        return 1
    }
    cp /etc/resolv.conf "$folder/etc/" 2>/dev/null || true
    cp /etc/apt/apt.conf.d/*proxy* "$folder/etc/apt/apt.conf.d/" 2>/dev/null || true
}

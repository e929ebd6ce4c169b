#!/bin/sh
# Installs gongkai in a root of its own as the Dockerfile does, and tries it there as a container would run it:
# no network interfaces but loopback, not root, nothing writable but /data and /tmp. Needs root, debootstrap, and
# the network for the packages; takes some minutes and 3 GB.
#
#   tests/deploy.sh /tmp/deployroot          installs, then tries
#   tests/deploy.sh /tmp/deployroot --try    only tries what is installed there
set -eu

root=${1:?the folder of the root}
only=${2:-}
tree=$(cd "$(dirname "$0")/.." && pwd)

cd "$tree"
install() {
    [ -e "$root/etc/debian_version" ] ||
        debootstrap --variant=minbase --include=ca-certificates trixie "$root" http://deb.debian.org/debian
    # What the Dockerfile copies, and in which order; pip and apt need the names of servers.
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    [ ! -d /usr/local/share/ca-certificates ] || cp -r /usr/local/share/ca-certificates "$root/usr/local/share/"
    [ ! -e "${SSL_CERT_FILE:-}" ] || cp "$SSL_CERT_FILE" "$root/etc/ssl/certs/ca-certificates.crt"
    rm -rf "$root/build"
    mkdir -p "$root/build/deploy"
    for path in archive crawler deploy parsers tests/site LICENSE README.md gongkai.py pyproject.toml; do
        mkdir -p "$root/build/$(dirname "$path")"
        cp -r "$path" "$root/build/$(dirname "$path")/"
    done

    { export -p | grep -iE "_proxy=" || true; echo "export PIP_CERT=/etc/ssl/certs/ca-certificates.crt"; } > "$root/build/environment"
    unshare --mount sh -eu -c '
        root=$1
        mount -t proc proc "$root/proc"
        mount -t devtmpfs dev "$root/dev" 2> /dev/null || mount --rbind /dev "$root/dev"
        for step in system dependencies program; do
            env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
                chroot "$root" sh -euc ". /build/environment; /build/deploy/install.sh $step"
        done
    ' install "$root"
    rm -rf "$root/build"
}
[ "$only" = --try ] || install

rm -rf "$root/usr/local/share/tries"
cp -r tests/deploy "$root/usr/local/share/tries"
cp compose.yaml "$root/usr/local/share/tries/"
# The names that compose gives its services, and the S3 server, whose image cannot be pulled everywhere.
echo "127.0.0.1 localhost scheduler s3" > "$root/etc/hosts"
weed=$(command -v "$tree/.venv/bin/weed" || command -v weed || true)
[ -z "$weed" ] || cp "$weed" "$root/usr/local/bin/weed"
unshare --mount --net sh -eu -c '
    root=$1
    ip link set lo up
    mount --bind "$root" "$root"
    mount -o remount,bind,ro "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/tmp"
    mount -t tmpfs -o uid=10001,gid=10001 tmpfs "$root/data"
    env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin HOME=/tmp LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
        GONGKAI_STORE=/data/store GONGKAI_SPOOL=/data/spool DASK_TEMPORARY_DIRECTORY=/tmp \
        DASK_DISTRIBUTED__WORKER__DAEMON=False \
        chroot --userspec=10001:10001 "$root" sh -eu /usr/local/share/tries/tries.sh
' tries "$root"

#!/bin/sh
# Installs gongkai on Debian 13 as the Dockerfile does, step by step, as root. Each step can be done again.
#
#   deploy/install.sh system         packages of Debian, and the user that runs everything
#   deploy/install.sh dependencies   Python packages, as locked in deploy/requirements.lock, into /opt/gongkai
#   deploy/install.sh program        gongkai itself, from the folder that this file's folder is in
#
# `tests/deploy.sh` does all of it in a root of its own (debootstrap) and tries what is there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=/opt/gongkai
export DEBIAN_FRONTEND=noninteractive PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

system() {
    apt-get update
    # Writer converts legacy Word files; the fonts are for pages that are drawn; libarchive opens archives;
    # tini passes signals on and reaps what converters leave.
    apt-get install --yes --no-install-recommends \
        ca-certificates fonts-noto-cjk libarchive13t64 libreoffice-writer-nogui python3 python3-venv tini tzdata
    rm -rf /var/lib/apt/lists/*
    getent passwd gongkai > /dev/null || useradd --uid 10001 --no-create-home --home-dir /data gongkai
    mkdir -p /data
    chown gongkai: /data
}

dependencies() {
    [ -x $target/bin/python ] || python3 -m venv $target
    # Wheels, except of feedgen, whose authors publish none: it is plain Python.
    $target/bin/python -m pip install --quiet --require-hashes --only-binary :all: --no-binary feedgen \
        --requirement "$here/requirements.lock"
}

program() {
    $target/bin/python -m pip install --quiet --no-deps --no-build-isolation --force-reinstall "$here/.."
    ln -sf $target/bin/gongkai $target/bin/dask /usr/local/bin/
    install -D "$here/every-day.sh" /usr/local/bin/every-day
    install -D --mode=644 "$here/make-bucket.py" $target/share/gongkai/make-bucket.py
    gongkai --version
}

case ${1:-} in
    system | dependencies | program) "$1" ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

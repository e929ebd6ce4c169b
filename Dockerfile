# gongkai with everything it can use: OCR, LibreOffice for legacy Word files, Dask.
#
#   docker build --tag gongkai .
#   docker run --read-only --tmpfs /tmp --volume gongkai:/data gongkai gongkai demo
#
# What is installed, and how, is in deploy/install.sh. Nothing is written but to /data and /tmp.
FROM debian:13-slim

COPY deploy/install.sh /build/deploy/
RUN /build/deploy/install.sh system
COPY deploy/requirements.lock /build/deploy/
RUN /build/deploy/install.sh dependencies
COPY . /build/
RUN /build/deploy/install.sh program && rm -rf /build

ENV GONGKAI_STORE=/data/store \
    GONGKAI_SPOOL=/data/spool \
    HOME=/tmp \
    TZ=Asia/Shanghai \
    PYTHONDONTWRITEBYTECODE=1 \
    DASK_DISTRIBUTED__WORKER__DAEMON=False \
    DASK_TEMPORARY_DIRECTORY=/tmp
USER 10001:10001
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["gongkai", "--help"]

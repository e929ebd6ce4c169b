"""Stamps: the lists say what is stored, and a real time-stamping authority attests them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from archive.dataset.snapshots import commit
from archive.dataset.versions.expiry import Policy, expire
from archive.evidence.stamps import check, stamp
from archive.rendering.messages import said
from archive.stores import LocalStore, Store
from archive.warc.journal import stored_runs
from tests.archive.crawls import crawl, page
from tests.archive.samples import NOON, Sample, changes

EVIDENCE = Path(__file__).parents[3] / "docs" / "evidence.md"
CONFIGURATION = """
[tsa]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
crypto_device = builtin
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[signer]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[req]
distinguished_name = name
[name]
"""


def fill(store: Store, folder: Path, day: int = 0) -> str:
    """A run and a snapshot."""
    run_id = crawl(store, folder / "spool", {"/": page(f"第{day}天"), "/1": page("甲")}, [], day)
    commit(store, changes([Sample(str(day))]), message="", run_id=None, now=NOON + timedelta(days=day))
    return run_id


def openssl(*words: str | Path) -> str:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A time-stamping authority on loopback, with a certificate of its own CA: its URL and that CA's file."""
    if not shutil.which("openssl") or not shutil.which("curl"):
        pytest.skip("openssl and curl are not available here")
    folder = tmp_path_factory.mktemp("tsa")
    config = folder / "openssl.cnf"
    config.write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    for name in ("ca", "signer"):
        openssl("req", "-config", config, "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr")  # fmt: skip
    signing: list[str | Path] = ["-extfile", config, "-days", "9"]
    openssl("x509", "-req", "-in", folder / "ca.csr", "-signkey", folder / "ca.key", "-extensions", "ca",
            "-out", folder / "ca.pem", *signing)  # fmt: skip
    openssl("x509", "-req", "-in", folder / "signer.csr", "-CA", folder / "ca.pem",
            "-CAkey", folder / "ca.key", "-extensions", "signer", "-out", folder / "signer.pem",
            *signing)  # fmt: skip

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query, answer = folder / "query", folder / "answer"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl("ts", "-reply", "-config", config, "-section", "tsa", "-queryfile", query, "-signer",
                    folder / "signer.pem", "-inkey", folder / "signer.key", "-out", answer)  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer.read_bytes())

    with HTTPServer(("127.0.0.1", 0), Authority) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", folder / "ca.pem"
        server.shutdown()


def block(word: str) -> str:
    """The one code block of the document that says a word."""
    found = re.findall(r"^```sh\n(.*?)^```", EVIDENCE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    [code] = [code for code in found if word in code]
    return str(code)


def test_a_list_names_every_file_of_its_run(store: Store, tmp_path: Path) -> None:
    run_id = fill(store, tmp_path)
    run, snapshot = stamp(store)
    assert (run.name, snapshot.name) == (run_id, "snapshot-00000001")
    data = store.read(f"stamps/{run_id}.sha256")
    assert run.sha256 == sha256(data).hexdigest() and run.proofs == ()
    lines = [line.split("  ") for line in data.decode().splitlines()]
    keys = [found.key for prefix in ("warc/", "cdx/") for found in store.list(prefix)]
    assert [key for _, key in lines] == sorted(keys) and len(keys) == 3
    assert all(sha256(store.read(key)).hexdigest() == digest for digest, key in lines)
    assert list(stamp(store)) == [run, snapshot]


def test_sha256sum_checks_a_list(local_store: LocalStore, tmp_path: Path) -> None:
    run_id = fill(local_store, tmp_path)
    list(stamp(local_store))
    done = subprocess.run(
        ["sha256sum", "-c", f"stamps/{run_id}.sha256"], cwd=local_store.root, capture_output=True
    )
    assert done.returncode == 0 and done.stdout.count(b": OK") == 3


def test_an_authority_attests_it(
    local_store: LocalStore, tmp_path: Path, authority: tuple[str, Path]
) -> None:
    """With the very commands of the document."""
    url, ca = authority
    run_id = fill(local_store, tmp_path)
    script = tmp_path / "stamp.sh"
    script.write_text(block("TSA_URL"))
    command = shlex.join(["env", f"TSA_URL={url}", "sh", str(script)])
    stamps = list(stamp(local_store, command))
    assert [one.proofs for one in stamps] == [
        (f"{run_id}.sha256.proof",), ("snapshot-00000001.sha256.proof",),
    ]  # fmt: skip
    verifying = block("ts -verify").replace("ca.pem", str(ca))

    def verified(name: str) -> bool:
        shell = f"LIST={shlex.quote(str(local_store.root / 'stamps' / name))}.sha256\n{verifying}"
        return subprocess.run(["sh", "-c", shell], capture_output=True).returncode == 0

    assert verified(run_id) and verified("snapshot-00000001")
    assert list(check(local_store)) == []
    assert list(stamp(local_store, "false")) == stamps, "what is attested is not sent again"
    target = local_store.root / "stamps" / f"{run_id}.sha256"
    target.write_bytes(target.read_bytes().replace(b"a", b"b"))
    assert not verified(run_id)


def test_files_left_beside_the_list_are_kept(local_store: Store, tmp_path: Path) -> None:
    run_id = fill(local_store, tmp_path)
    script = tmp_path / "ots"
    script.write_text('#!/bin/sh\ncp "$2" "$2.ots"\n')
    script.chmod(0o755)
    run, _ = stamp(local_store, f"{script} stamp")
    assert run.proofs == (f"{run_id}.sha256.ots",)
    assert local_store.read(f"stamps/{run_id}.sha256.ots") == local_store.read(f"stamps/{run_id}.sha256")


@pytest.mark.parametrize(
    ("command", "problem"),
    [("false", "exit code 1"), ("/no/such/program", "No such file"), ("true", "neither printed nor wrote"),
     ("sh -c 'echo closed >&2; exit 7'", "exit code 7: closed"), ("'", "No closing quotation")],
)  # fmt: skip
def test_a_service_that_fails_is_asked_again(
    local_store: Store, tmp_path: Path, command: str, problem: str
) -> None:
    fill(local_store, tmp_path)
    run, _ = stamp(local_store, command)
    assert run.proofs == () and problem in (run.problem or "")
    run, _ = stamp(local_store, "cat")
    assert run.proofs and run.problem is None


def test_what_differs_is_found(local_store: LocalStore, tmp_path: Path) -> None:
    first = fill(local_store, tmp_path)
    assert list(check(local_store)) == [], "without lists there is nothing to find"
    list(stamp(local_store, "cat"))
    second = fill(local_store, tmp_path, day=1)
    found = {(severity, key) for severity, key, _ in check(local_store)}
    assert found == {("info", f"stamps/{second}.sha256"), ("info", "stamps/snapshot-00000002.sha256")}
    list(stamp(local_store))
    assert {what.code for _, _, what in check(local_store)} == {"stamp_not_attested"}
    list(stamp(local_store, "cat"))
    assert stored_runs(local_store) == [first, second] and list(check(local_store)) == []
    [warc] = local_store.root.glob(f"warc/**/{first}-*.warc.gz")
    key = warc.relative_to(local_store.root).as_posix()
    whole = warc.read_bytes()
    added = warc.with_name(f"{first}-00002.warc.gz")
    added.write_bytes(whole)
    warc.write_bytes(whole[:-1])
    local_store.delete(f"cdx/{first}.cdxj")
    (local_store.root / f"stamps/{second}.sha256").write_text("nonsense")
    assert [(severity, said(what)) for severity, _, what in check(local_store)] == [
        ("error", f"cdx/{first}.cdxj is not there any more"),
        ("error", f"{key} has another SHA-256 than when the list was made"),
        ("error", f"{added.relative_to(local_store.root).as_posix()} is not in the list"),
        ("error", "not a list of hashes"),
    ]


def test_a_snapshot_may_expire(local_store: Store, tmp_path: Path) -> None:
    fill(local_store, tmp_path)
    fill(local_store, tmp_path, day=1)
    list(stamp(local_store, "cat"))
    expire(local_store, Policy(1, timedelta(0), timedelta(0)), now=NOON + timedelta(days=3650))
    assert list(check(local_store)) == []

"""Both stores keep the same promises, the S3 one against a real server."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archive import AlreadyExists, ObjectNotFound, StoreUnusable
from archive.dataset.schema import build_table
from archive.stores import LocalStore, Store, check_key, open_store, probe_for_writing
from archive.stores.s3 import S3Store


def test_an_object_reads_back_whole_and_in_ranges(store: Store) -> None:
    store.create("a/b.bin", b"0123456789")
    assert store.read("a/b.bin") == b"0123456789"
    assert store.read("a/b.bin", 3, 4) == b"3456"
    assert store.read("a/b.bin", 7) == b"789"
    assert store.read("a/b.bin", 8, 100) == b"89"
    assert store.read("a/b.bin", 10) == b""
    assert store.read("a/b.bin", 2, 0) == b""
    assert (store.size("a/b.bin"), store.exists("a/b.bin"), store.exists("a/c.bin")) == (10, True, False)


def test_an_empty_object_is_an_object(store: Store) -> None:
    store.create("empty", b"")
    assert store.read("empty") == b"" == store.read("empty", 0, 5)
    assert store.size("empty") == 0


def test_a_missing_object_is_named(store: Store) -> None:
    with pytest.raises(ObjectNotFound, match="no/such"):
        store.read("no/such")
    with pytest.raises(ObjectNotFound, match="no/such"):
        store.size("no/such")
    store.delete("no/such")


@pytest.mark.parametrize("put", ["create", "write"])
def test_an_object_never_changes(store: Store, put: str) -> None:
    getattr(store, put)("key", b"one")
    getattr(store, put)("key", b"one")
    with pytest.raises(AlreadyExists):
        getattr(store, put)("key", b"two")
    assert store.read("key") == b"one"


def test_uploading_is_immutable_and_idempotent(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(200_000))
    store.upload("warc/x.warc.gz", source)
    store.upload("warc/x.warc.gz", source)
    assert store.read("warc/x.warc.gz") == source.read_bytes()
    source.write_bytes(source.read_bytes()[::-1])
    with pytest.raises(AlreadyExists):
        store.upload("warc/x.warc.gz", source)


def test_a_large_file_goes_up_in_parts(s3_uri: str, tmp_path: Path) -> None:
    source = tmp_path / "large"
    source.write_bytes(os.urandom(40 << 20))
    store = open_store(s3_uri)
    store.upload("large", source)
    assert isinstance(store, S3Store)
    assert "-" in store.client.head_object(Bucket=store.bucket, Key=store.full_key("large"))["ETag"]
    assert store.read("large", 39 << 20) == source.read_bytes()[39 << 20 :]


def test_listing_is_by_prefix(store: Store) -> None:
    for key in ("b/2", "a/1", "b/10", "b-side", "b/deep/er/3", "c"):
        store.create(key, key.encode())
    assert {found.key for found in store.list("b")} == {"b-side", "b/10", "b/2", "b/deep/er/3"}
    assert [found.key for found in store.list("b/d")] == ["b/deep/er/3"]
    assert [(found.key, found.bytes) for found in store.list("a/")] == [("a/1", 3)]
    assert not list(store.list("nothing/"))
    store.delete("b/10")
    assert [found.key for found in store.list("b/")] == ["b/2", "b/deep/er/3"]
    assert all(found.modified.tzinfo for found in store.list(""))


def test_of_many_writers_exactly_one_creates(store: Store) -> None:
    won: list[int] = []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        try:
            store.create("prize", b"writer %d" % number)
        except AlreadyExists:
            return
        won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.read("prize") == b"writer %d" % won[0]


def test_arrow_opens_keys_as_paths(store: Store, tmp_path: Path) -> None:
    table = build_table("sites", [{"site_id": "610725", "url": "http://example.gov.cn/"}])
    pq.write_table(table, tmp_path / "t.parquet")
    store.upload("dataset/t.parquet", tmp_path / "t.parquet")
    found = pq.read_table("dataset/t.parquet", filesystem=store.open_arrow_filesystem())
    assert found.equals(table)


def test_probing_leaves_nothing_behind(store: Store) -> None:
    probe_for_writing(store)
    assert not list(store.list(""))


def test_probing_finds_a_store_that_overwrites(s3_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def overwrite(store: S3Store, key: str, data: bytes) -> None:
        store.client.put_object(Bucket=store.bucket, Key=f"{store.prefix}/{key}", Body=data)

    monkeypatch.setattr(S3Store, "create", overwrite)
    store = open_store(s3_uri)
    with pytest.raises(StoreUnusable, match="If-None-Match"):
        probe_for_writing(store)
    assert not list(store.list(""))


@pytest.mark.parametrize(
    "key", ["", "/a", "a//b", "a/", "../a", "a/../b", ".tmp/a", "a b", "勉县", "a\\b", "a%20b"]
)
def test_keys_are_plain(key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        check_key(key)


def test_an_unfinished_file_is_never_listed(local_store: Store) -> None:
    class Stop(Exception):
        pass

    def fill(_: object) -> None:
        raise Stop

    assert isinstance(local_store, LocalStore)
    with pytest.raises(Stop):
        local_store._place("a/b", fill)
    assert not local_store.exists("a/b")
    assert not list(local_store.list(""))


def test_a_lost_answer_is_not_a_lost_race(s3_uri: str) -> None:
    """The first PUT wins, its answer is dropped, botocore repeats it and is refused."""
    store = open_store(s3_uri)
    assert isinstance(store, S3Store)
    sent: list[object] = []
    dropped: list[object] = []

    def drop_first_answer(**event: object) -> Any:
        if not dropped and event["response"] is not None:
            dropped.append(event["response"])
            return 0  # botocore's retry handler takes a number for "repeat after so many seconds"
        return None

    store.client.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.append(request))
    store.client.meta.events.register_first("needs-retry.s3.PutObject", drop_first_answer)
    store.create("key", b"mine")
    assert (len(sent), len(dropped)) == (2, 1)
    assert store.read("key") == b"mine"


class TestUnusableStores:
    def test_a_bucket_that_is_missing(self, s3_uri: str) -> None:
        with pytest.raises(StoreUnusable, match=r"bucket does not exist"):
            open_store("s3://no-such-bucket-here/x")

    def test_a_wrong_secret(self, s3_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        with pytest.raises(StoreUnusable, match="secret key is wrong"):
            open_store(s3_uri)

    def test_an_unknown_access_key(self, s3_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        with pytest.raises(StoreUnusable, match="access key is not known"):
            open_store(s3_uri)

    def test_a_server_that_is_down(self, s3_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        with pytest.raises(StoreUnusable, match=r"127\.0\.0\.1:9"):
            open_store(s3_uri)

    def test_no_credentials(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        with pytest.raises(StoreUnusable, match=r"[Cc]redentials"):
            open_store("s3://some-bucket/x")

    def test_a_file_in_place_of_a_directory(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(StoreUnusable, match="not a directory"):
            open_store(str(tmp_path / "file"))

    @pytest.mark.parametrize("uri", ["gs://bucket/x", "http://example.org/x", "s3://", ""])
    def test_an_address_that_is_none(self, uri: str) -> None:
        with pytest.raises(StoreUnusable):
            open_store(uri)


def test_writing_what_is_there_makes_it_young_again(store: Store) -> None:
    store.write("dataset/a", b"1")
    [before] = store.list("dataset/a")
    time.sleep(1.1)  # S3 reports whole seconds
    store.write("dataset/a", b"1")
    [after] = store.list("dataset/a")
    assert after.modified > before.modified and store.read("dataset/a") == b"1"


def test_listing_beside_deletions(local_store: Store) -> None:
    """What goes while it is listed is not listed; the rest is."""
    keys = [f"dataset/x{number}" for number in range(300)]
    for key in keys:
        local_store.create(key, b"")

    def delete() -> None:
        for key in keys[:-1]:
            local_store.delete(key)

    deleting = threading.Thread(target=delete)
    deleting.start()
    while deleting.is_alive():
        assert keys[-1] in [found.key for found in local_store.list("dataset/x")]
    deleting.join()
    assert [found.key for found in local_store.list("dataset/x")] == keys[-1:]


def test_creating_beside_deletions(local_store: Store) -> None:
    """A process that creates or takes up an object that others delete has it, or it is gone afterwards: no
    error."""
    done = threading.Event()

    def delete() -> None:
        while not done.is_set():
            local_store.delete("dataset/x")

    deleting = threading.Thread(target=delete)
    deleting.start()
    for _ in range(300):
        local_store.write("dataset/x", b"1")
        local_store.create("dataset/x", b"1")
    done.set()
    deleting.join()

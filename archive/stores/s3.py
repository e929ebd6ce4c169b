"""A store under a prefix of an S3 bucket.

Invariant: the only conditional request used is the create-only PUT (`If-None-Match: *`), the one primitive
that every server measured keeps. Any answer other than plain success is checked by reading
the object: a retried PUT whose first answer got lost is refused although it won.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from archive import AlreadyExists, Conflict, ObjectNotFound, StoreError, StoreUnusable
from archive.stores.base import Found, Item, StoredObject, check_key

if TYPE_CHECKING:
    import pyarrow.fs as pafs
    from mypy_boto3_s3 import S3Client

CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 6},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=32,
    request_checksum_calculation="when_supported",
    response_checksum_validation="when_supported",
)
TRANSFER = TransferConfig(multipart_threshold=32 << 20, multipart_chunksize=32 << 20, max_concurrency=4)
CREATE_ATTEMPTS = 6
ARROW_ATTEMPTS = 10
"""Arrow's own three are too few where one request in ten fails."""
READ_ATTEMPTS = 3
READERS = 16
MISSING = {"404", "NoSuchKey", "NotFound"}
UNUSABLE = {
    "NoSuchBucket": "the bucket does not exist",
    "AccessDenied": "access is denied",
    "403": "access is denied",
    "InvalidAccessKeyId": "the access key is not known there",
    "SignatureDoesNotMatch": "the secret key is wrong",
    "ExpiredToken": "the credentials have expired",
    "InvalidToken": "the session token is not valid",
    "PermanentRedirect": "the bucket is in another region",
    "AuthorizationHeaderMalformed": "the region is wrong",
}


class S3Store:
    """Objects below `s3://bucket/prefix`; credentials and endpoint come from the standard AWS environment."""

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self.bucket = bucket
        self.prefix = prefix.strip("/")
        self._base = f"{self.prefix}/" if self.prefix else ""
        self.session = boto3.session.Session()
        config = CONFIG
        with self._reporting(""):
            self.client: S3Client = self.session.client("s3", config=config)
            if "amazonaws.com" not in self.client.meta.endpoint_url:
                # Few servers other than Amazon's resolve bucket names as host names.
                config = config.merge(Config(s3={"addressing_style": "path"}))
                self.client = self.session.client("s3", config=config)

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def endpoint(self) -> str | None:
        """The server's URL, or None for Amazon's own."""
        url = self.client.meta.endpoint_url
        return None if "amazonaws.com" in url else url

    def __repr__(self) -> str:
        return f"S3Store({self.uri!r})"

    def require_bucket(self) -> None:
        """Raise StoreUnusable, with the reason, unless the bucket can be listed."""
        next(self.list("dataset/tags/"), None)

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        if length == 0:
            return b""
        for _ in range(READ_ATTEMPTS - 1):
            try:
                return self._read_once(key, start, length)
            except _Unanswered:  # botocore repeats requests, but not an answer that breaks off in its body
                continue
        return self._read_once(key, start, length)

    def create(self, key: str, data: bytes) -> None:
        for attempt in range(CREATE_ATTEMPTS):
            if attempt:
                time.sleep(0.1 * 2**attempt)
            if self._put_new(key, data):
                return
            try:
                found = self.read(key)
            except ObjectNotFound:
                continue
            if found == data:
                return
            raise AlreadyExists(f"{key} exists with other content")
        raise StoreError(f"{self.uri}: could not create {key} in {CREATE_ATTEMPTS} attempts")

    def write(self, key: str, data: bytes) -> None:
        with suppress(ObjectNotFound):  # not there, or an expiry was faster
            if self.exists(key) and self.read(key) == data:
                return self._touch(key)
        self.create(key, data)

    def upload(self, key: str, path: Path) -> None:
        if self.exists(key):
            if self._holds(key, path):
                return
            raise AlreadyExists(f"{key} exists with other content")
        with self._reporting(key):
            try:
                self.client.upload_file(str(path), self.bucket, self.full_key(key), Config=TRANSFER)
            except S3UploadFailedError as error:
                raise error.__context__ or error from None  # boto3 puts it over the error that says why

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except ObjectNotFound:
            return False
        return True

    def size(self, key: str) -> int:
        with self._reporting(key):
            return self.client.head_object(Bucket=self.bucket, Key=self.full_key(key))["ContentLength"]

    def list(self, prefix: str) -> Iterator[StoredObject]:
        pages = self.client.get_paginator("list_objects_v2")
        with self._reporting(prefix):
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._base + prefix):
                for found in page.get("Contents", ()):
                    key = found["Key"].removeprefix(self._base)
                    yield StoredObject(key, found["Size"], found["LastModified"])

    def delete(self, key: str) -> None:
        with self._reporting(key):
            self.client.delete_object(Bucket=self.bucket, Key=self.full_key(key))

    def each(self, read: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
        with ThreadPoolExecutor(READERS) as pool:
            yield from pool.map(read, items)

    def open_arrow_filesystem(self) -> pafs.FileSystem:
        import pyarrow.fs as pafs  # a store is listed and read without Arrow

        options: dict[str, object] = {
            "region": self.client.meta.region_name or "us-east-1",
            "retry_strategy": pafs.AwsStandardS3RetryStrategy(max_attempts=ARROW_ATTEMPTS),
        }
        credentials = self.session.get_credentials()
        if credentials:
            frozen = credentials.get_frozen_credentials()
            options |= {
                "access_key": frozen.access_key,
                "secret_key": frozen.secret_key,
                "session_token": frozen.token,
            }
        if self.endpoint:
            scheme, host = self.endpoint.split("://", 1)
            options |= {"scheme": scheme, "endpoint_override": host}
        base = f"{self.bucket}/{self.prefix}".rstrip("/")
        return pafs.SubTreeFileSystem(base, pafs.S3FileSystem(**options))

    def full_key(self, key: str) -> str:
        """The key in the bucket."""
        return self._base + check_key(key)

    def _read_once(self, key: str, start: int, length: int | None) -> bytes:
        with self._reporting(key):
            if start == 0 and length is None:
                return self.client.get_object(Bucket=self.bucket, Key=self.full_key(key))["Body"].read()
            span = f"bytes={start}-" if length is None else f"bytes={start}-{start + length - 1}"
            try:
                answer = self.client.get_object(Bucket=self.bucket, Key=self.full_key(key), Range=span)
                return answer["Body"].read()
            except ClientError as error:
                if _code(error) in {"InvalidRange", "416"}:
                    return b""
                raise

    def _touch(self, key: str) -> None:
        """Copy an object onto itself: its time is that of the copy."""
        name = self.full_key(key)
        with self._reporting(key):
            self.client.copy_object(
                Bucket=self.bucket,
                Key=name,
                CopySource={"Bucket": self.bucket, "Key": name},
                MetadataDirective="REPLACE",
            )

    def _put_new(self, key: str, data: bytes) -> bool:
        """One create-only PUT: True if it won, False if only the object itself can show it."""
        try:
            with self._reporting(key):
                self.client.put_object(Bucket=self.bucket, Key=self.full_key(key), Body=data, IfNoneMatch="*")
        except (ObjectNotFound, _Refused, _Unanswered):
            return False
        return True

    def _holds(self, key: str, path: Path) -> bool:
        if self.size(key) != path.stat().st_size:
            return False
        with self._reporting(key):
            body = self.client.get_object(Bucket=self.bucket, Key=self.full_key(key))["Body"]
            stored = hashlib.sha256()
            for chunk in body.iter_chunks(1 << 20):
                stored.update(chunk)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest() == stored.digest()

    @contextmanager
    def _reporting(self, key: str) -> Iterator[None]:
        """Turn botocore's errors into ours, with the address and the reason in plain words."""
        try:
            yield
        except ClientError as error:
            code = _code(error)
            if code in UNUSABLE:
                raise StoreUnusable(f"cannot use {self.uri}: {UNUSABLE[code]} ({code})") from error
            if code in MISSING:
                raise ObjectNotFound(f"{self.uri} has no {key}") from error
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status in {409, 412}:
                raise _Refused(f"{key}: {error}") from error
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise _Unanswered(f"{self.uri}: {error}") from error
            raise StoreError(f"{self.uri}: {error}") from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise StoreUnusable(f"cannot use {self.uri}: {error}") from error
        except (HTTPClientError, ConnectionError) as error:
            raise _Unanswered(f"cannot use {self.uri}: {error}") from error
        except BotoCoreError as error:
            raise StoreUnusable(f"cannot use {self.uri}: {error}") from error


class _Refused(Conflict):
    """409 or 412: a condition did not hold, or another conditional request was under way."""


class _Unanswered(StoreUnusable):
    """No answer, or 5xx after all retries: whether the request was carried out is not known."""


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))

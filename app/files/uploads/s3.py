"""Files in a bucket of S3, or of a server that speaks like it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.files.uploads.storage import Kept, StorageAway, key_of
from app.http.errors import Gone

MISSING = {"404", "NoSuchKey", "NotFound"}
# In one piece up to 16 MB, in pieces beyond; one after the other, so that memory holds one.
TRANSFER = TransferConfig(
    multipart_threshold=16 << 20, multipart_chunksize=16 << 20, use_threads=False, num_download_attempts=5
)
CLIENT = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    retries={"mode": "standard", "total_max_attempts": 4},
    connect_timeout=5,
    read_timeout=60,
    # boto3 sends CRC trailers by default, which other servers store as part of the file, or refuse.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@contextmanager
def _translated() -> Iterator[None]:
    """Raise StorageAway for what boto3 raises; its messages, which name keys, stay here."""
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise StorageAway(f"The file storage does not answer ({type(error).__name__}).") from error


class S3Storage:
    """A bucket; credentials and region come from where boto3 looks for them."""

    def __init__(
        self, bucket: str, prefix: str = "", *, incoming: Path, endpoint_url: str | None = None
    ) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self.incoming = incoming.absolute()
        self.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._client: Any = boto3.session.Session().client("s3", endpoint_url=endpoint_url, config=CLIENT)

    def _key(self, key: UUID) -> str:
        return f"{self.prefix}{key}"

    def put(self, source: Path, key: UUID) -> None:
        """Upload a local file, check that it is there whole, then remove it here."""
        size = source.stat().st_size
        with _translated():
            self._client.upload_file(str(source), self.bucket, self._key(key), Config=TRANSFER)
        if self.size(key) != size:
            raise StorageAway("The file storage kept another number of bytes than it was sent.")
        source.unlink(missing_ok=True)

    def size(self, key: UUID) -> int | None:
        """Return the bytes of a file, None where there is none."""
        with _translated():
            try:
                head = self._client.head_object(Bucket=self.bucket, Key=self._key(key))
            except ClientError as error:
                if error.response["Error"]["Code"] in MISSING:
                    return None
                raise
        return int(head["ContentLength"])

    def delete(self, key: UUID) -> None:
        """Remove a file."""
        with _translated():
            self._client.delete_object(Bucket=self.bucket, Key=self._key(key))

    @contextmanager
    def opened(self, key: UUID) -> Iterator[Path]:
        """Give a copy of a file, which has no name in any folder and is gone with its last reader."""
        size = self.size(key)
        if size is None:
            raise Gone("The file of this upload is not there any more; upload it again.")
        # Without a name, so that a job's process that is killed (out of time, memory or patience) leaves
        # nothing behind. By the process's number and not `self`, so that its children can read it too.
        with tempfile.TemporaryFile(dir=self.incoming) as copy:
            with _translated():
                self._client.download_fileobj(self.bucket, self._key(key), copy, Config=TRANSFER)
            copy.flush()
            if copy.tell() != size:
                raise StorageAway("The file storage sent another number of bytes than it keeps.")
            yield Path(f"/proc/{os.getpid()}/fd/{copy.fileno()}")

    def kept(self) -> Iterator[Kept]:
        """Yield every file."""
        pages = self._client.get_paginator("list_objects_v2")
        with _translated():
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for item in page.get("Contents", ()):
                    key = key_of(item["Key"].removeprefix(self.prefix))
                    if key is not None:
                        yield Kept(key, int(item["Size"]), item["LastModified"])

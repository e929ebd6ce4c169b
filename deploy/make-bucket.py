"""Make the bucket that GONGKAI_STORE names, if it is not there; waits for a server that is still starting."""

from __future__ import annotations

import os
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

SECONDS = 120


def main() -> int:
    """Make the bucket, once the server answers; the exit code."""
    scheme, _, rest = os.environ["GONGKAI_STORE"].partition("://")
    if scheme != "s3":
        return 0
    bucket, client = rest.partition("/")[0], boto3.client("s3")
    limit = time.monotonic() + SECONDS
    while True:
        try:
            client.create_bucket(Bucket=bucket)
            return 0
        except (client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
            return 0
        except (BotoCoreError, ClientError) as error:
            if time.monotonic() > limit:
                print(f"cannot make the bucket {bucket}: {error}", file=sys.stderr)
                return 1
            time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())

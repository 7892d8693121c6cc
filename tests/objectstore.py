"""A real S3 server for tests: moto in a process of its own, a bucket, a fresh prefix each time."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import time
import uuid
from functools import cache

import pyarrow.fs as pafs

from running import free_ports

BUCKET = "stadtlabor-test"
KEYS = {
    "AWS_ACCESS_KEY_ID": "stadtlabor",
    "AWS_SECRET_ACCESS_KEY": "stadtlabor",
    "AWS_REGION": "eu-central-1",
}


@cache
def service() -> str:
    """Start the server and make the bucket; return the address."""
    port = free_ports(1)[0]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(process.kill)
    system = pafs.S3FileSystem(
        endpoint_override=f"127.0.0.1:{port}", scheme="http", region=KEYS["AWS_REGION"],
        access_key=KEYS["AWS_ACCESS_KEY_ID"], secret_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        allow_bucket_creation=True, connect_timeout=2,
    )  # fmt: skip
    until = time.monotonic() + 60
    while True:
        try:
            system.create_dir(BUCKET)
        except OSError:
            assert process.poll() is None, "moto has ended"
            assert time.monotonic() < until, "moto does not answer"
            time.sleep(0.3)
        else:
            return f"http://127.0.0.1:{port}"


def environment() -> dict[str, str]:
    """Return the variables that make the store of this test lie in the object store."""
    return {**KEYS, "AWS_ENDPOINT_URL": os.environ.get("AWS_ENDPOINT_URL") or service()}


def fresh() -> str:
    """Return an address that nothing lies at yet."""
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"

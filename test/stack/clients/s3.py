"""Calls boto3 for the tests: one JSON document a line in, one a line out.

Bytes are {"$bytes": base64}. A call that fails answers {"error": {"code", "status", "message"}}.
"""

import base64
import datetime
import hashlib
import io
import json
import os
import sys

import boto3
from botocore import UNSIGNED
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

setup = json.loads(sys.stdin.readline())


def client_with(**options):
    """A client as the rendered README sets it up for Django."""
    return boto3.client(
        "s3",
        endpoint_url=setup["endpoint"],
        aws_access_key_id=setup["accessKey"] or None,
        aws_secret_access_key=setup["secretKey"] or None,
        aws_session_token=setup.get("sessionToken"),
        region_name="us-east-1",
        verify=setup.get("ca"),
        config=Config(
            signature_version="s3v4" if setup["accessKey"] else UNSIGNED,
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"max_attempts": 1},
            **options,
        ),
    )


client = client_with()


def assume_role(seconds):
    """Temporary credentials, which any user can ask the server for."""
    sts = boto3.client(
        "sts",
        endpoint_url=setup["endpoint"],
        aws_access_key_id=setup["accessKey"],
        aws_secret_access_key=setup["secretKey"],
        region_name="us-east-1",
        verify=setup.get("ca"),
    )
    role = sts.assume_role(RoleArn="arn:aws:iam::0:role/any", RoleSessionName="session", DurationSeconds=seconds)
    made = role["Credentials"]
    return {
        "accessKey": made["AccessKeyId"],
        "secretKey": made["SecretAccessKey"],
        "sessionToken": made["SessionToken"],
    }


class RandomFile(io.RawIOBase):
    """A file of `size` bytes that can't be compressed away; its SHA-256 is known once it was read."""

    def __init__(self, size):
        self.left = size
        self.block = os.urandom(1 << 20)
        self.hash = hashlib.sha256()

    def readable(self):
        return True

    def read(self, size=-1):
        size = min(self.left, self.left if size is None or size < 0 else size)
        self.left -= size
        data = (self.block * (size // len(self.block) + 1))[:size]
        self.hash.update(data)
        return data


class Sink(io.RawIOBase):
    def __init__(self):
        self.hash = hashlib.sha256()

    def writable(self):
        return True

    def write(self, data):
        self.hash.update(data)
        return len(data)


def round_trip(Bucket, Key, megabytes, part, concurrency):
    """Uploads in parts, several at once, downloads in one stream, and returns both checksums."""
    source, sink = RandomFile(megabytes << 20), Sink()
    parallel = client_with(max_pool_connections=concurrency + 2)
    config = TransferConfig(multipart_threshold=part << 20, multipart_chunksize=part << 20, max_concurrency=concurrency)
    parallel.upload_fileobj(source, Bucket, Key, Config=config)
    for block in parallel.get_object(Bucket=Bucket, Key=Key)["Body"].iter_chunks(1 << 20):
        sink.write(block)
    return {"sent": source.hash.hexdigest(), "received": sink.hash.hexdigest()}


def decode(value):
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        return {name: decode(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [decode(inner) for inner in value]
    return value


def encode(value):
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if hasattr(value, "read"):
        return encode(value.read())
    raise TypeError(type(value))


def answer(call, arguments):
    try:
        target = {"round_trip": round_trip, "assume_role": assume_role}.get(call) or getattr(client, call)
        return {"result": target(**decode(arguments))}
    except ClientError as error:
        return {
            "error": {
                "code": error.response["Error"]["Code"],
                "status": error.response["ResponseMetadata"].get("HTTPStatusCode"),
                "message": str(error),
            }
        }
    except (BotoCoreError, OSError) as error:
        return {"error": {"code": type(error).__name__, "message": str(error)}}


for line in sys.stdin:
    print(json.dumps(answer(*json.loads(line)), default=encode), flush=True)

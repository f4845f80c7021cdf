#!/usr/bin/env python3
"""Runs Chromium in a network of its own, in which nothing changes while it runs.

A container that starts elsewhere on the machine adds an address to it, and Chromium then drops all of its connections
(ERR_NETWORK_CHANGED). In here is nothing but a loopback, and the only way out is the proxy at the Unix socket
$PROXY_SOCKET, which Chromium finds at 127.0.0.1:8888.
"""

import asyncio
import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def enter():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET | (CLONE_NEWUSER if os.geteuid() else 0)) != 0:
        sys.exit(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


async def pump(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def through_the_proxy(reader, writer):
    out_reader, out_writer = await asyncio.open_unix_connection(os.environ["PROXY_SOCKET"])
    await asyncio.gather(pump(reader, out_writer), pump(out_reader, writer))


async def main():
    enter()
    await asyncio.start_server(through_the_proxy, "127.0.0.1", 8888)
    # Playwright talks to Chromium through the pipes 3 and 4.
    chromium = await asyncio.create_subprocess_exec("/usr/bin/chromium", *sys.argv[1:], pass_fds=(3, 4))
    return await chromium.wait()


sys.exit(asyncio.run(main()))

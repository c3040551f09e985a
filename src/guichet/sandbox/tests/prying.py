"""A program that tries what a parser that was taken over would try."""

# ruff: noqa: ARG005, PTH116, PTH123, PTH208 - what is tried is tried in the plainest way, and every attempt is called alike

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time


def answer(question, body, parent):
    """Do as told; what is refused is said by the name of its error."""
    attempt = ATTEMPTS[question["attempt"]]
    try:
        return {"did": attempt(question, parent)}, body
    except OSError as error:
        return {"refused": type(error).__name__}, b""


def _connect(question, parent):
    with socket.socket() as client:
        client.connect(("127.0.0.1", question["port"]))


def _datagram(question, parent):
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.sendto(b"secret", ("127.0.0.1", question["port"]))


def _open(question, parent):
    with open(question["path"], "rb") as file:
        return len(file.read(10))


def _create(question, parent):
    with open(question["path"], "wb") as file:
        return file.write(b"secret")


def _fork(question, parent):
    if not (pid := os.fork()):
        os._exit(0)
    return pid


def _hang(question, parent):
    time.sleep(3600)


def _spin(question, parent):
    while True:
        pass


def _backwards(question, parent):
    source = parent.source(question["size"])
    source.seek(-3, 2)
    tail = source.read()
    source.seek(0)
    parent.tell({"halfway": True})
    parent.write(source.read()[::-1])
    return tail.decode()


ATTEMPTS = {
    "open": _open,
    "create": _create,
    "list": lambda question, parent: os.listdir("/"),
    "stat": lambda question, parent: os.stat(question["path"]).st_size,
    "connect": _connect,
    "datagram": _datagram,
    "fork": _fork,
    "program": lambda question, parent: subprocess.run(["/bin/true"]).returncode,
    "signal": lambda question, parent: os.kill(os.getppid(), 0),
    "environment": lambda question, parent: dict(os.environ),
    "descriptors": lambda question, parent: os.dup(0),
    "memory": lambda question, parent: len(bytearray(1 << 30)),
    "hang": _hang,
    "spin": _spin,
    "die": lambda question, parent: os._exit(3),
    "raise": lambda question, parent: int("x"),
    "babble": lambda question, parent: parent._answers.write(b"\xff" * 64),
    "echo": lambda question, parent: sys.version_info[0],
    "backwards": _backwards,
    "beyond": lambda question, parent: len(parent.read(-5, 10)),
    "flood": lambda question, parent: [parent.write(bytes(1000)) for _ in range(10)] and 0,
}

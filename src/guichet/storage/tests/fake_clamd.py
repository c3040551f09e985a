"""A clamd of a test's own: speaks INSTREAM as the real one does, knows EICAR, and misbehaves when told to."""

import socket
import struct
import threading
from contextlib import contextmanager

from guichet.storage.inspection.virus import SIGNATURE


class FakeClamd:
    """Listens on a socket, answers each connection in a thread, remembers what it was sent."""

    def __init__(self, listener, *, most_bytes=1_000_000, behaviour="scan"):
        self.listener = listener
        self.most_bytes = most_bytes
        self.behaviour = behaviour
        self.received = []
        self.ending = threading.Event()

    def serve(self):
        while not self.ending.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection):
        connection.settimeout(5)
        with connection.makefile("rb") as stream:
            if stream.read(10) != b"zINSTREAM\0":
                connection.sendall(b"UNKNOWN COMMAND\0")
                return
            if self.behaviour == "close":
                return
            data = b""
            while length := struct.unpack(">I", stream.read(4))[0]:
                data += stream.read(length)
                if len(data) > self.most_bytes:
                    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            self.received.append(data)
            self._reply(connection, data)

    def _reply(self, connection, data):
        if self.behaviour == "hang":
            self.ending.wait(120)
        elif self.behaviour == "scan":
            found = SIGNATURE in data
            connection.sendall(b"stream: Eicar-Signature FOUND\0" if found else b"stream: OK\0")
        else:
            connection.sendall(self.behaviour.encode() + b"\0")


@contextmanager
def running(address, **options):
    """A fake clamd at `unix:/path` or on a port of 127.0.0.1 it chooses; yields it and its address."""
    if address.startswith("unix:"):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(address.removeprefix("unix:"))
        listener.listen()
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    clamd = FakeClamd(listener, **options)
    thread = threading.Thread(target=clamd.serve)
    thread.start()
    try:
        yield clamd, address
    finally:
        clamd.ending.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()

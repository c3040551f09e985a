"""Providers as they answer, well and badly: an SMTP server and an HTTP server on this machine."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import socketserver
import ssl
import threading
import time


@contextlib.contextmanager
def serving(server):
    """Run a server in a thread, end it afterwards."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


class FakeSmtp(socketserver.ThreadingTCPServer):
    """An SMTP server. `mood` is ok, busy, unknown, greylist, full, slow, lost, noauth or drip."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, mood="ok", tls: ssl.SSLContext | None = None):
        super().__init__(("127.0.0.1", 0), _SmtpTalk)
        self.mood, self.tls = mood, tls
        self.accepted: list[bytes] = []
        self.recipients: list[str] = []
        self.logins: list[str] = []
        self.released = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]


class _SmtpTalk(socketserver.StreamRequestHandler):
    server: FakeSmtp

    def handle(self):
        with contextlib.suppress(OSError, ssl.SSLError):
            self.talk()

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def talk(self):  # noqa: C901 - a conversation
        if self.server.mood == "busy":
            return self.say("421 too busy")
        if self.server.mood == "slow":
            self.server.released.wait(120)
            return None
        self.say("220 relay.example")
        answers = {
            "MAIL": "250 ok",
            "RCPT": {"unknown": "550 no such user <anna>", "greylist": "450 try later", "full": "452 full"}.get(
                self.server.mood, "250 ok"
            ),
            "AUTH": "535 credentials refused" if self.server.mood == "noauth" else "235 welcome",
            "RSET": "250 ok",
        }
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "EHLO":
                self.say("250-relay.example")
                if self.server.tls and not isinstance(self.request, ssl.SSLSocket):
                    self.say("250-STARTTLS")
                self.say("250 AUTH PLAIN")
            elif self.server.tls and line.upper() == "STARTTLS":
                self.say("220 go")
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
                self.setup()
            elif word == "DATA":
                self.say("354 go on")
                if not self.take():
                    return None
            elif word == "QUIT":
                return self.say("221 bye")
            else:
                if word == "RCPT":
                    self.server.recipients.append(line)
                if word == "AUTH":
                    self.server.logins.append(line)
                self.say(answers[word])
        return None

    def take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        self.server.accepted.append(b"".join(lines))
        if self.server.mood == "lost":
            return False
        if self.server.mood == "drip":
            with contextlib.suppress(OSError):
                while not self.server.released.wait(0.05):
                    self.wfile.write(b" ")
            return False
        self.say("250 accepted")
        return True

    def finish(self):
        with contextlib.suppress(OSError):
            super().finish()
        if isinstance(self.request, ssl.SSLSocket):
            self.request.close()


class FakeGateway(http.server.ThreadingHTTPServer):
    """An HTTP gateway. `mood` is a status with a body, or slow, lost, drip, reset."""

    daemon_threads = True

    def __init__(self, status=200, body=b"{}", mood="ok"):
        super().__init__(("127.0.0.1", 0), _HttpTalk)
        self.status, self.body, self.mood = status, body, mood
        self.requests: list[tuple[str, dict[str, str], dict[str, object]]] = []
        self.released = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]


class _HttpTalk(http.server.BaseHTTPRequestHandler):
    server: FakeGateway

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        with contextlib.suppress(OSError):
            getattr(self, f"answer_{self.server.mood}")()

    def answer_ok(self):
        self.send_response(self.server.status)
        if self.server.status // 100 == 3:
            self.send_header("Location", f"http://127.0.0.1:{self.server.port}/elsewhere")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def answer_slow(self):
        self.server.released.wait(120)

    def answer_lost(self):
        self.connection.shutdown(socket.SHUT_RDWR)

    def answer_drip(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not self.server.released.wait(0.05):
            self.wfile.write(b" ")
            time.sleep(0)

    def log_message(self, *args):
        """Say nothing."""

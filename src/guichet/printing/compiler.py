"""The child process that sets type: the only place that knows typst.

It runs as a program of its own (`press.py` starts and keeps it), reads one request after the other from standard
input and answers on standard output. Before the first request it limits its memory and then gives up the right to
open anything at all: with `RLIMIT_NOFILE` at zero the kernel refuses every file and every socket, so that whatever a
document contains, there is nothing to read and nobody to call. Templates, data and pictures come inside the request
as virtual files; the compiler's root is a directory that no longer exists.

Request: 4 bytes of length, then JSON `{"files": {name: text}, "timestamp": seconds}`; the file `main.typ` is set.
Answer: 1 byte (`P` a PDF, `E` the compiler's message), 4 bytes of length, then the bytes.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import typst

STANDARDS: Final[list[typst.PDFStandard]] = ["a-2a", "ua-1"]
_WARM_UP: Final = b'#set document(title: "x")\n#set text(font: "Inter")\nx *x* \xe2\x96\xa1'


def _read(size: int) -> bytes:
    """Exactly `size` bytes of standard input, or fewer at its end."""
    parts: list[bytes] = []
    while size and (part := os.read(0, min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _answer(kind: bytes, body: bytes) -> None:
    rest = memoryview(kind + struct.pack(">I", len(body)) + body)
    while rest:
        rest = rest[os.write(1, rest) :]


def _compiler(fonts: str) -> typst.Compiler:
    """A compiler that knows our fonts and no file: its root is removed as soon as it is known."""
    root = tempfile.mkdtemp(prefix="guichet-press-")
    known = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(root=root, font_paths=known, package_path=root, package_cache_path=root)
    Path(root).rmdir()
    return compiler


def _set(compiler: typst.Compiler, files: dict[str, bytes], timestamp: int) -> bytes:
    source: Any = {"main.typ": files.pop("main.typ"), **files}
    document = compiler.compile(source, format="pdf", pdf_standards=STANDARDS, timestamp=timestamp)
    if not isinstance(document, bytes):
        message = "the compiler gave no single document"
        raise TypeError(message)
    return document


def main(fonts: str, memory: int) -> None:
    """Serve requests until standard input ends. `memory` is the address space allowed, in bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    compiler = _compiler(fonts)
    _set(compiler, {"main.typ": _WARM_UP}, 0)  # opens the fonts while opening is still allowed
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    while len(head := _read(4)) == 4:
        request = json.loads(_read(*struct.unpack(">I", head)))
        files = {name: text.encode() for name, text in request["files"].items()}
        try:
            document = _set(compiler, files, request["timestamp"])
        except typst.TypstError as error:
            _answer(b"E", str(error).encode())
        else:
            _answer(b"P", document)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

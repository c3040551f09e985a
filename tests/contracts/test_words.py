"""The project speaks of Guichet: of its subject, never of how or by whom its text was typed, and of no machine."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = {".png", ".woff2", ".mo", ".pdf", ".jpg", ".ico", ".lock", ".po", ".svg", ".ttf", ".otf", ".zip"}
# Spelled in pieces, so that this list does not find itself.
WORDS = [
    "chat" + "gpt", "open" + "ai", "claud" + "e", "anthrop" + "ic", "co" + "pilot", "language " + "model",
    "/wo" + "rk/", "/home" + "/", "/ro" + "ot/",
]  # fmt: skip
LOOSE_ENDS = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
FORBIDDEN = re.compile(
    "|".join([*(rf"(?i:(?<!\w){re.escape(word)})" for word in WORDS), *(rf"\b{word}\b" for word in LOOSE_ENDS)])
)
MAY = {"LICENSE", "uv.lock"}


def _files():
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    for name in filter(None, listed):
        path = ROOT / name
        if path.is_file() and path.suffix not in BINARY and name not in MAY and "vendor" not in path.parts:
            yield name, path.read_text(errors="replace")


def test_no_foreign_words():
    found = {
        f"{name}:{text[: match.start()].count(chr(10)) + 1}": match.group(0)
        for name, text in _files()
        for match in FORBIDDEN.finditer(text)
    }
    assert found == {}

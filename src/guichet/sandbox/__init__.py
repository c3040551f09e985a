"""Child processes that parse what strangers send: limits on memory and time, no files, no network (SEC-04).

`run` starts a program of the house in a process of its own, puts one question to it, and serves what it asks for on the
way: bytes of the file, and a place for what it makes. The program is a module with `answer(question, body, parent)`
and, if it has much to load, `warm_up()`; it knows neither Django nor the database.
"""

from __future__ import annotations

from guichet.sandbox.asking import Answer, ChildFailed, Limits, Unlocked, run
from guichet.sandbox.locks import Lock, offered, shut

__all__ = ["Answer", "ChildFailed", "Limits", "Lock", "Unlocked", "offered", "run", "shut"]

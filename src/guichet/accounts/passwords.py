"""Passwords: Argon2id with OWASP's parameters, and what may be one.

Length decides, not composition (ASVS 6.2.1–6.2.11): 12 to 128 characters, none of the common ones, none of the
words anybody would try first. Input that is too long is refused before it is hashed.
"""

from __future__ import annotations

import base64
import os
import re
import threading
import unicodedata
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher
from django.contrib.auth.password_validation import CommonPasswordValidator, get_default_password_validators
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST: Final = 128
_SHORTEST_WORD: Final = 4
_ALWAYS_REFUSED: Final = frozenset({"guichet", "oai", "canton", "passwort", "motdepasse"})
_FILLERS: Final = frozenset({"office", "caisse", "sàrl", "gmbh", "société", "avec", "pour", "dans", "bluewin"})
_slots = threading.BoundedSemaphore(os.cpu_count() or 1)


class OwaspArgon2(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: about 40 ms; not more at once than there are cores."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _slots:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with _slots:
            return bool(super().verify(password, encoded))


def normal(password: str) -> str:
    """One spelling for what looks the same on every keyboard."""
    return unicodedata.normalize("NFC", password)


def hashed(password: str) -> str:
    """What is stored. Costs one hash."""
    hasher = get_hasher("default")
    return str(hasher.encode(normal(password), hasher.salt()))


def verify(password: str, encoded: str) -> bool:
    """Whether it is the password. Costs exactly one hash, also for an account that does not exist (`encoded` empty).

    Longer input than anybody may choose is wrong without being hashed, for known and unknown accounts alike.
    """
    if len(password) > LONGEST:
        return False
    known = encoded.startswith("argon2$")
    right = get_hasher("default").verify(normal(password), encoded if known else _hash_of_nothing())
    return known and right


def _hash_of_nothing() -> str:
    """A hash nobody has the password of, as dear to check as a real one."""

    def random(size: int) -> str:
        return base64.b64encode(os.urandom(size)).decode().rstrip("=")

    cost = f"m={OwaspArgon2.memory_cost},t={OwaspArgon2.time_cost},p={OwaspArgon2.parallelism}"
    return f"argon2$argon2id$v=19${cost}${random(16)}${random(32)}"


def problems(password: str, *, context: Iterable[str] = ()) -> list[str]:
    """Why it may not be the password, as sentences that tell what to do; empty if it may.

    `context` are names the password must not contain words of: company, person, e-mail, insurer.
    """
    if len(password) > LONGEST:
        return [_("Choisissez un mot de passe de %(longest)d caractères au plus.") % {"longest": LONGEST}]
    found: list[str] = []
    for validator in get_default_password_validators():
        try:
            validator.validate(password)
        except ValidationError as error:
            found += error.messages
    if not found and _is_common(password):
        found.append(_("Choisissez un mot de passe moins courant."))
    folded = _folded(password)
    for word in sorted(_words(context)):
        if word in folded:
            found.append(_("Choisissez un mot de passe qui ne contient pas « %(word)s ».") % {"word": word})
            break
    return found


def _is_common(password: str) -> bool:
    """A common password made longer: repeated, with digits around it, or simply keys in a row."""
    plain = password.casefold()
    unit = next(plain[:size] for size in range(1, len(plain) + 1) if (plain[:size] * len(plain)).startswith(plain))
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    core = plain.strip("0123456789!?.-_ ")
    return len(unit) < _SHORTEST_WORD or len(steps) == 1 or not _common().isdisjoint({unit, core})


@cache
def _common() -> frozenset[str]:
    """Twenty thousand common passwords, shipped with Django."""
    return frozenset(CommonPasswordValidator().passwords)


def _words(context: Iterable[str]) -> set[str]:
    words = {word for text in context for word in re.split(r"[\W_]+", _folded(text)) if len(word) >= _SHORTEST_WORD}
    return (words - {_folded(filler) for filler in _FILLERS}) | _ALWAYS_REFUSED


def _folded(text: str) -> str:
    """Without case and accents: « Société » and "societe" are the same word."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))

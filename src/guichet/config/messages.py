"""The words of the interface: found in the sources, kept in the catalogues, compiled (French is the source language).

Django's own `makemessages` needs a system package; this reads Python with its own parser and templates with
Django's, so it runs wherever Guichet runs, and knows the same words at run time as the templates ask for.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polib
from django.template.base import Lexer, TokenType
from django.utils.text import smart_split, unescape_string_literal
from django.utils.translation import trim_whitespace

import guichet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.template.base import Token

PACKAGE: Final = Path(guichet.__file__).parent
LOCALE: Final = PACKAGE / "config" / "locale"
LANGUAGES: Final = ("de",)

_SINGULAR: Final = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL: Final = {"ngettext", "ngettext_lazy"}
_CONTEXT: Final = {"pgettext", "pgettext_lazy"}
_IN_TAG: Final = re.compile(r"""\b_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""")
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)[^{}]*\}")


@dataclass(frozen=True, order=True)
class Message:
    """What the catalogue is asked for."""

    text: str
    plural: str = ""
    context: str = ""


def collect() -> dict[Message, list[str]]:
    """Every message of every package, with the files that say it."""
    found: dict[Message, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if "tests" in path.parts or "migrations" in path.parts or not path.is_file():
            continue
        if path.suffix == ".py":
            messages = _in_python(ast.parse(path.read_text(encoding="utf-8")))
        elif "templates" in path.parts and path.suffix in {".html", ".txt", ".xml"}:
            messages = _in_template(path.read_text(encoding="utf-8"))
        else:
            continue
        place = path.relative_to(PACKAGE).as_posix()
        for message in messages:
            places = found.setdefault(message, [])
            if place not in places:
                places.append(place)
    return found


def _in_python(tree: ast.Module) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _SINGULAR and node.args:
            yield from (Message(text) for text in _constants(node.args[0]))
        elif name in _PLURAL and len(node.args) > 1:
            yield from map(Message, _constants(node.args[0]), _constants(node.args[1]))
        elif name in _CONTEXT and len(node.args) > 1:
            contexts = _constants(node.args[0])
            yield from (Message(text, context=contexts[0]) for text in _constants(node.args[1]) if contexts)


def _constants(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _constants(node.body) + _constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else []


def _in_template(source: str) -> Iterator[Message]:
    for literal in _IN_TAG.findall(source):
        yield Message(_literal(literal))
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type != TokenType.BLOCK:
            continue
        words = list(smart_split(token.contents))
        if words[0] in {"translate", "trans"} and words[1][0] in "\"'":
            context = words[words.index("context") + 1] if "context" in words else '""'
            yield Message(_literal(words[1]), context=unescape_string_literal(context))
        elif words[0] in {"blocktranslate", "blocktrans"}:
            yield _block(words, tokens)


def _literal(quoted: str) -> str:
    """As Django asks for it: per cent signs of templates are doubled."""
    return unescape_string_literal(quoted).replace("%", "%%")


def _block(words: list[str], tokens: Iterator[Token]) -> Message:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token.token_type == TokenType.BLOCK and token.contents.startswith("end"):
            break
        if token.token_type == TokenType.BLOCK:  # {% plural %}
            parts.append([])
        elif token.token_type == TokenType.VAR:
            parts[-1].append(f"%({token.contents})s")
        elif token.token_type == TokenType.TEXT:
            parts[-1].append(token.contents.replace("%", "%%"))
    texts = ["".join(part) for part in parts]
    if "trimmed" in words:
        texts = [trim_whitespace(text) for text in texts]
    context = words[words.index("context") + 1] if "context" in words else '""'
    return Message(texts[0], texts[1] if len(texts) > 1 else "", unescape_string_literal(context))


def catalogue(language: str) -> polib.POFile:
    """The committed catalogue of a language, or an empty one."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = {
        "Project-Id-Version": "Guichet",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return fresh


def update(language: str) -> list[str]:
    """Bring the catalogue to the sources' words and compile it; returns what is still to be translated."""
    known = {Message(entry.msgid, entry.msgid_plural, entry.msgctxt or ""): entry for entry in catalogue(language)}
    book = catalogue(language)
    book.clear()
    for message, places in sorted(collect().items()):
        entry = known.get(message) or _entry(message)
        entry.occurrences = [(place, "") for place in places]
        entry.obsolete = False
        book.append(entry)
    folder = LOCALE / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    book.save(str(folder / "django.po"))
    book.save_as_mofile(str(folder / "django.mo"))
    return untranslated(book)


def _entry(message: Message) -> polib.POEntry:
    context = message.context or None
    if message.plural:
        forms = {0: "", 1: ""}
        return polib.POEntry(msgid=message.text, msgid_plural=message.plural, msgstr_plural=forms, msgctxt=context)
    return polib.POEntry(msgid=message.text, msgctxt=context)


def untranslated(book: polib.POFile) -> list[str]:
    """Messages without words, or with words somebody marked as uncertain."""
    return [entry.msgid for entry in book if not entry.translated() or entry.fuzzy]


def broken(book: polib.POFile) -> list[str]:
    """Translations that lost or invented a placeholder."""
    found = []
    for entry in book:
        forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        wanted = {frozenset(_names(text)) for text in filter(None, (entry.msgid, entry.msgid_plural))}
        found += [form for form in forms if form and frozenset(_names(form)) not in wanted]
    return found


def _names(text: str) -> list[str]:
    return [match.group(0).split(":")[0].split("!")[0].rstrip("}") for match in _PLACEHOLDER.finditer(text)]

"""An XML document as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Node:
    """An element. Names come without their namespace, which is `namespace`; attributes of any namespace likewise."""

    name: str
    namespace: str
    attributes: Mapping[str, str]
    text: str  # directly inside, trimmed
    children: tuple[Node, ...]
    line: int  # in the document, from 1

    def get(self, name: str) -> str:
        """An attribute, trimmed; empty if there is none."""
        return self.attributes.get(name, "").strip()

    def all(self, *path: str) -> Iterator[Node]:
        """Children by name, and theirs, down the path."""
        name, *below = path
        for child in self.children:
            if child.name == name:
                if below:
                    yield from child.all(*below)
                else:
                    yield child

    def first(self, *path: str) -> Node | None:
        """The first of `all`."""
        return next(self.all(*path), None)

    def words(self, *path: str) -> str:
        """The text of the first of `all`; empty if there is none."""
        found = self.first(*path)
        return found.text if found else ""

    def everywhere(self, name: str) -> Iterator[Node]:
        """All descendants of that name, in the document's order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.everywhere(name)


def node_of(said: Any) -> Node:
    """From what the child said."""
    name, namespace, attributes, text, line, children = said
    return Node(name, namespace, attributes, text, tuple(map(node_of, children)), line)

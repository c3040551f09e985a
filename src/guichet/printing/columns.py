"""How wide the columns of a printed table are, decided from what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAGE: Final = 170.0  # millimetres between the margins
_LETTER: Final = 1.65  # millimetres of a letter in a line of 8.5 pt, rather too wide than too narrow
_CAPITAL: Final = 2.4  # of a wide capital
_MANY: Final = 8  # columns; a table with more is set smaller (`lines` in house.typ) …
_SMALLER: Final = 7.5 / 8.5  # … by this much
_PADDING: Final = 3.5
_LONGEST_WORD: Final = 20  # letters kept together; longer words are hyphenated or divided
_LONGEST_LINE: Final = 48  # letters after which a text may as well take another line


class _Wish(NamedTuple):
    least: float
    best: float


def column_widths(
    labels: Sequence[str], rows: Sequence[Sequence[str]], fixed: Sequence[float | None], page: float = PAGE
) -> list[float]:
    """Widths in millimetres, together exactly `page`.

    Columns with a `fixed` width get it; the others what their longest word needs, then what their longest line would
    like, then a share of what is left. If even the words do not fit, all are narrowed alike.
    """
    letter = _LETTER if len(labels) <= _MANY else _LETTER * _SMALLER
    wishes = [
        _Wish(width, width) if width else _wish([label, *(row[index] for row in rows)], letter)
        for index, (label, width) in enumerate(zip(labels, fixed, strict=True))
    ]
    least, best = sum(wish.least for wish in wishes), sum(wish.best for wish in wishes)
    if least >= page:
        return [wish.least * page / least for wish in wishes]
    if best >= page:
        share = (page - least) / (best - least)
        return [wish.least + (wish.best - wish.least) * share for wish in wishes]
    free = [index for index, width in enumerate(fixed) if not width] or list(range(len(wishes)))
    weight = sum(wishes[index].best for index in free)
    return [
        wish.best + ((page - best) * wish.best / weight if index in free else 0.0) for index, wish in enumerate(wishes)
    ]


def is_tight(texts: Iterable[str], width: float) -> bool:
    """Whether some word may be too long for a column of `width` millimetres."""
    room = width - _PADDING
    longest = room / _CAPITAL
    return any(
        len(word) > longest and len(word) * (_CAPITAL if word.isupper() else _LETTER) > room
        for text in texts
        if len(text) > longest
        for word in text.split()
    )


def _wish(texts: Sequence[str], letter: float) -> _Wish:
    line = max(len(part) for text in texts for part in text.split("\n"))
    word = max((len(part) for text in texts for part in text.split()), default=1)
    return _Wish(
        least=min(word, _LONGEST_WORD) * letter + _PADDING,
        best=min(max(line, word), _LONGEST_LINE) * letter + _PADDING,
    )

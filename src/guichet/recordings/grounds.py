"""The closed list of art. 7l OPGA: why somebody may listen. Kept once, with the article of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Ground:
    """One ground; `roles` are those who may state it: staff, listener, commission, court.

    The log keeps `article` as it is written here; people read `law`.
    """

    code: str
    label: _StrPromise
    article: str
    roles: frozenset[str]

    @property
    def law(self) -> str:
        """The article as the reader's language cites it."""
        return gettext(self.article)


_OFFICE = frozenset({"staff", "listener"})
_COURT = _OFFICE | {"court"}  # a court asks for it in an appeal or a revision

GROUNDS: Final[dict[str, Ground]] = {
    ground.code: ground
    for ground in (
        Ground("procedure", _("Procédure administrative"), gettext_noop("OPGA 7l al. 1 ; LPGA 43"), _OFFICE),
        Ground("preavis", _("Procédure de préavis"), gettext_noop("OPGA 7l al. 1 ; LAI 57a"), _OFFICE),
        Ground("opposition", _("Procédure d'opposition"), gettext_noop("OPGA 7l al. 1 ; LPGA 52"), _OFFICE),
        Ground("appeal", _("Recours au tribunal"), gettext_noop("OPGA 7l al. 1 ; LPGA 56 et 62"), _COURT),
        Ground("revision", _("Révision"), gettext_noop("OPGA 7l al. 1 ; LPGA 53 al. 1"), _COURT),
        Ground("reconsideration", _("Reconsidération"), gettext_noop("OPGA 7l al. 1 ; LPGA 53 al. 2"), _OFFICE),
        Ground("consultation", _("Consultation du dossier"), gettext_noop("LPGA 47"), frozenset({"listener"})),
        Ground(
            "quality",
            _("Commission fédérale de la qualité"),
            gettext_noop("OPGA 7l al. 2 ; 7p al. 4 et 5"),
            frozenset({"commission"}),
        ),
    )
}  # fmt: skip

"""Work that comes round for every insurer: each in its own tenant, and none held up by another's trouble."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from guichet.tenancy.context import tenant
from guichet.tenancy.models import Insurer

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
logger = logging.getLogger(__name__)


def every_insurer(work: Callable[[Insurer], Result]) -> list[Result]:
    """Do the work once for each insurer, its tenant entered; gives what came of it.

    What fails for one is logged, the others get their turn, and the first trouble is raised at the end: the job that
    asked is marked as failed and comes round again.
    """
    results, troubles = [], []
    for insurer in Insurer.objects.order_by("pk"):
        try:
            with tenant(insurer.pk):
                results.append(work(insurer))
        except Exception as trouble:  # whatever it is, it is raised below
            logger.exception("%s failed for insurer %s", getattr(work, "__qualname__", work), insurer.pk)
            troubles.append(trouble)
    if troubles:
        raise troubles[0]
    return results

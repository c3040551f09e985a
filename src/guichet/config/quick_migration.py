"""Migrating takes a third of the time when a new index or constraint does not rebuild every model around it.

Django keeps the classes of all models as each migration left them. For every `AddIndex` and `AddConstraint` it makes
the class anew, and with it those of all models that lead to it: with the insurer in every table that is nearly all
of them, 150 times. The statement itself needs only the table and its columns, which an index does not change;
the next operation that does change them makes the classes anew anyway, index and constraint included.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db.migrations.state import ProjectState

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def quick_migration() -> Iterator[None]:
    """Within, adding an index or a constraint changes what is known of its model, not the classes."""
    state: Any = ProjectState
    plain = state._append_option  # noqa: SLF001 -- Django offers no other way in
    state._append_option = _noted  # noqa: SLF001
    try:
        yield
    finally:
        state._append_option = plain  # noqa: SLF001


def _noted(state: ProjectState, app_label: str, model_name: str, option_name: str, added: Any) -> None:
    options = state.models[app_label, model_name].options
    options[option_name] = [*options[option_name], added]

"""What came of a call that may refuse."""

from collections.abc import Callable
from typing import Any

from guichet.kernel.findings import Invalid


def outcome(call: Callable[..., Any], *arguments: object, **options: object) -> tuple[Any, str]:
    """The result and "", or None and the first word of the code; any other exception passes."""
    try:
        return call(*arguments, **options), ""
    except Invalid as error:
        return None, error.code.partition(".")[0]

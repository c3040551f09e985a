"""What is read: lists by keyset pages with a fixed number of statements (PERF-01), who heard what.

One module by noun; this door gives what the views and the tests ask for.
"""

from guichet.recordings.queries.archive import Looked, archive
from guichet.recordings.queries.listening import (
    defects,
    grants,
    listenings,
    listenings_of,
    listenings_on,
    markers,
)

__all__ = ["Looked", "archive", "defects", "grants", "listenings", "listenings_of", "listenings_on", "markers"]

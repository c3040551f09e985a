"""What is read: lists by keyset pages with a fixed number of statements (PERF-01), documents, the desk's queue.

One module by noun; this door gives what the views and the tests ask for.
"""

from guichet.invoices.queries.around import Around, Happened, around, happened
from guichet.invoices.queries.desk import Neighbours, Wanted, absent_for, desk_counts, desk_queue, neighbours
from guichet.invoices.queries.files import file_of, sent_files
from guichet.invoices.queries.ledger import ledger_panel
from guichet.invoices.queries.lines import PAGE, Line
from guichet.invoices.queries.lists import (
    Filters,
    Page,
    beneficiaries,
    history,
    search_beneficiaries,
    to_correct_and_drafts,
)
from guichet.invoices.queries.review import (
    decided,
    line_decisions,
    may_review,
    reviewers,
)

__all__ = [
    "PAGE",
    "Around",
    "Filters",
    "Happened",
    "Line",
    "Neighbours",
    "Page",
    "Wanted",
    "absent_for",
    "around",
    "beneficiaries",
    "decided",
    "desk_counts",
    "desk_queue",
    "file_of",
    "happened",
    "history",
    "ledger_panel",
    "line_decisions",
    "may_review",
    "neighbours",
    "reviewers",
    "search_beneficiaries",
    "sent_files",
    "to_correct_and_drafts",
]

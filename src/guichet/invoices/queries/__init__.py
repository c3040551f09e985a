"""What is read: lists by keyset pages with a fixed number of statements (PERF-01), documents, the desk's queue.

One module by noun; this door gives what the views and the tests ask for.
"""

from guichet.invoices.queries.desk import desk_counts, desk_queue, earlier_of_person
from guichet.invoices.queries.files import file_of, sent_files
from guichet.invoices.queries.lists import (
    PAGE,
    Filters,
    Page,
    beneficiaries,
    decode,
    history,
    search_beneficiaries,
    to_correct_and_drafts,
)

__all__ = [
    "PAGE",
    "Filters",
    "Page",
    "beneficiaries",
    "decode",
    "desk_counts",
    "desk_queue",
    "earlier_of_person",
    "file_of",
    "history",
    "search_beneficiaries",
    "sent_files",
    "to_correct_and_drafts",
]

"""The audit: who did what, on what, when, for whom, on which ground (AUD-01, AUD-02)."""

from guichet.audit.record import Who, record

__all__ = ["Who", "record"]

"""The audit: who did what, on what, when, for whom, on which ground (AUD-01, AUD-02)."""

from guichet.audit.record import AuditUnavailable, Entry, Who, record, record_all, record_with

__all__ = ["AuditUnavailable", "Entry", "Who", "record", "record_all", "record_with"]

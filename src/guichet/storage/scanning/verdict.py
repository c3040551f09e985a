from enum import StrEnum


class Verdict(StrEnum):
    """What a scanner says. Only what is clean is ever served (FRM-09)."""

    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"

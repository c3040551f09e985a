"""Tables of the recordings, split by noun. All belong to one insurer and are protected by row-level security."""

from guichet.recordings.models.custody import (
    Admission,
    Arrival,
    CourtPackage,
    CourtState,
    DestructionKind,
    DestructionRequest,
    Forwarding,
    IntegrityCheck,
    SecurityStatement,
    Withdrawal,
)
from guichet.recordings.models.listening import (
    DefectReport,
    EndReason,
    GrantKind,
    GrantSet,
    Listening,
    ListeningCode,
    ListeningGrant,
    Marker,
    MarkerSet,
)
from guichet.recordings.models.mandates import Mandate, MandateSet, Origin, Waiver
from guichet.recordings.models.news import NewsChoice
from guichet.recordings.models.recordings import Ingest, Recording, RecordingEvent, RecordingSet, Source, Upload
from guichet.recordings.models.redeposit import RedepositRequest
from guichet.recordings.models.sealed import opened, sealed

__all__ = [
    "Admission",
    "Arrival",
    "CourtPackage",
    "CourtState",
    "DefectReport",
    "DestructionKind",
    "DestructionRequest",
    "EndReason",
    "Forwarding",
    "GrantKind",
    "GrantSet",
    "Ingest",
    "IntegrityCheck",
    "Listening",
    "ListeningCode",
    "ListeningGrant",
    "Mandate",
    "MandateSet",
    "Marker",
    "MarkerSet",
    "NewsChoice",
    "Origin",
    "Recording",
    "RecordingEvent",
    "RecordingSet",
    "RedepositRequest",
    "SecurityStatement",
    "Source",
    "Upload",
    "Waiver",
    "Withdrawal",
    "opened",
    "sealed",
]

"""The demo's money: most payments are booked, one is rejected, some are still under way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from guichet.invoices.actions import delays, settling
from guichet.invoices.demo import at
from guichet.invoices.models import Batch

if TYPE_CHECKING:
    from datetime import datetime

    from guichet.accounts.access import Actor
    from guichet.invoices.models import Transmission

_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
_PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"
_STILL_UNDERWAY = 4  # of the batch's last transfers


def seed_answers(administrator: Actor, *, moment: datetime) -> None:
    """The bank's two files about the first batch, read by an administrator; then the medians."""
    batch = Batch.objects.filter(insurer=administrator.insurer).order_by("created_at").first()
    if batch is None:
        return
    transfers = list(batch.transmissions.select_related("invoice").order_by("created_at", "id"))[:-_STILL_UNDERWAY]
    if not transfers:
        return
    rejected, booked = transfers[0], transfers[1:]
    with at(moment):
        settling.read_message(_status(batch, rejected), insurer=administrator.insurer, by=administrator)
    with at(moment + timedelta(hours=2)):
        settling.read_message(_notification(batch, booked), insurer=administrator.insurer, by=administrator)
    delays.refresh(administrator.insurer)


def _status(batch: Batch, rejected: Transmission) -> bytes:
    created = timezone.localtime().replace(microsecond=0, tzinfo=None).isoformat()
    return (
        f'<Document xmlns="{_PAIN}"><CstmrPmtStsRpt><GrpHdr><MsgId>STATUT-{batch.message_id[-10:]}</MsgId>'
        f"<CreDtTm>{created}</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{batch.message_id}</OrgnlMsgId>"
        "<OrgnlMsgNmId>pain.001</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>"
        f"<OrgnlPmtInfId>{batch.message_id}-1</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>{rejected.end_to_end_id}"
        "</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Compte clos</AddtlInf>"
        "</StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def _notification(batch: Batch, booked: list[Transmission]) -> bytes:
    created = timezone.localtime().replace(microsecond=0, tzinfo=None).isoformat()
    day = timezone.localdate().isoformat()
    entries = "".join(
        f'<Ntry><Amt Ccy="CHF">{one.amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}'
        f"</Dt></BookgDt><BkTxCd><Prtry><Cd>PMNT</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>"
        f'{one.end_to_end_id}</EndToEndId></Refs><Amt Ccy="CHF">{one.amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
        "</NtryDtls></Ntry>"
        for one in booked
    )
    return (
        f'<Document xmlns="{_CAMT}"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>AVIS-{batch.message_id[-10:]}</MsgId>'
        f"<CreDtTm>{created}</CreDtTm></GrpHdr><Ntfctn><Id>A1</Id><Acct><Id><IBAN>CH5604835012345678009</IBAN></Id></Acct>"
        f"{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()

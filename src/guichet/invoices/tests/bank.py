"""Answers as a bank sends them, for tests."""

from __future__ import annotations

from xml.sax.saxutils import escape

_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
_PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"


def camt054(booked, *, message_id="M1"):
    """`booked`: (end-to-end id, amount, {"reference", "returned": code})."""
    entries = "".join(_entry(*one) for one in booked)
    return (
        f'<Document xmlns="{_CAMT}"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>{message_id}</MsgId>'
        "<CreDtTm>2026-11-24T18:00:00</CreDtTm></GrpHdr><Ntfctn><Id>N1</Id><Acct><Id><IBAN>CH5604835012345678009</IBAN>"
        f"</Id></Acct>{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ).encode()


def _entry(name, amount, more):
    returned = more.get("returned", "")
    way = "CRDT" if returned else "DBIT"
    reference = more.get("reference", "")
    said = f"<RmtInf><Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>" if reference else ""
    why = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    return (
        f'<Ntry><Amt Ccy="CHF">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        "<BookgDt><Dt>2026-11-24</Dt></BookgDt><BkTxCd><Prtry><Cd>x</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
        f'<Refs><EndToEndId>{name}</EndToEndId></Refs><Amt Ccy="CHF">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>'
        f"{said}{why}</TxDtls></NtryDtls></Ntry>"
    )


def pain002(statuses):
    """`statuses`: (end-to-end id, ACCP or RJCT, code, text)."""
    rows = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>{status}</TxSts><StsRsnInf><Rsn><Cd>{code}</Cd>"
        f"</Rsn>{f'<AddtlInf>{escape(text)}</AddtlInf>' if text else ''}</StsRsnInf></TxInfAndSts>"
        for name, status, code, text in statuses
    )
    return _status("PART", "ORDER-1", f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>P1</OrgnlPmtInfId>{rows}</OrgnlPmtInfAndSts>")


def rejected_order(message_id, code):
    """All of an order refused at once."""
    return _status("RJCT", message_id, "", f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>")


def _status(status, order, rest, why=""):
    return (
        f'<Document xmlns="{_PAIN}"><CstmrPmtStsRpt><GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-11-24T18:00:00</CreDtTm>'
        f"</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{order}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>"
        f"<GrpSts>{status}</GrpSts>{why}</OrgnlGrpInfAndSts>{rest}</CstmrPmtStsRpt></Document>"
    ).encode()

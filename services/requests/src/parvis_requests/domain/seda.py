# SPDX-License-Identifier: EUPL-1.2
"""The slip of a transfer of archives (*bordereau de transfert*): the message ArchiveTransfer of SEDA 2.1.

The *Standard d'échange de données pour l'archivage* of the Service interministériel des Archives de France says which
elements there are and in which order. Only those are written that are known of a closed file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from xml.etree import ElementTree as ET

from parvis_requests.domain.calendar import day_of

NAMESPACE: Final = "fr:gouv:culture:archivesdefrance:seda:v2.1"
MANIFEST: Final = "manifest.xml"
DIGEST: Final = "SHA-512"
_LANGUAGE: Final = "fr"


class FinalAction(StrEnum):
    """What town and archives agreed on for the time after the retention (code du patrimoine, article R212-13)."""

    KEEP = "keep"
    DESTROY = "destroy"


class ArchiveAccess(StrEnum):
    """Why not everybody may read archives yet (code du patrimoine, article L213-2, I)."""

    OPEN = "open"
    BUSINESS = "business"
    PRIVACY = "privacy"
    MEDICAL = "medical"


_FINAL_ACTIONS: Final = {FinalAction.KEEP: "Keep", FinalAction.DESTROY: "Destroy"}
# Their codes in the list of the Archives de France that SEDA is used with, which tell their periods: none, 25 years,
# 50 years from the most recent document of the file, 120 years from the birth of whom it tells.
_ACCESS_RULES: Final = {
    ArchiveAccess.OPEN: "AR038",
    ArchiveAccess.BUSINESS: "AR039",
    ArchiveAccess.PRIVACY: "AR048",
    ArchiveAccess.MEDICAL: "AR061",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the package: where it lies, what it is, its digest in hexadecimal digits and its size in bytes."""

    path: str
    title: str
    media_type: str
    digest: str
    size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the file's history, by its number, its code and its French name."""

    number: int
    code: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Parties:
    """Who takes part in a transfer, each by the identifier under which the records system knows them.

    Attributes:
        transferring: the collectivity, which hands over.
        originating: the producer: the collectivity or a service of it.
        archival: who keeps the archives: the collectivity's archives or those that it has joined.
        agreement: the agreement under which they take it (*accord de versement*), where there is one.
    """

    transferring: str
    originating: str
    archival: str
    agreement: str | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A closed file as its slip describes it.

    Attributes:
        message: the identifier of this transfer, never used again.
        agency_name: what the collectivity is called.
        kept_months: the *durée d'utilité administrative* from the end on, where the type says one.
        received_on: the day on which the town received it, where it was filed later.
    """

    message: str
    parties: Parties
    agency_name: str
    reference: str
    title: str
    filed_at: datetime
    ended_on: date
    kept_months: int | None
    final_action: FinalAction
    access: ArchiveAccess
    acts: Sequence[Act]
    received_on: date | None = None


def manifest(dossier: Dossier, pieces: Sequence[Piece], at: datetime) -> bytes:
    """The slip of these pieces, as UTF-8 with its XML declaration."""
    root = ET.Element("ArchiveTransfer", {"xmlns": NAMESPACE})
    _add(root, "Comment", f"{dossier.agency_name} : {dossier.title}")
    _add(root, "Date", _instant(at))
    _add(root, "MessageIdentifier", dossier.message)
    parties = dossier.parties
    if parties.agreement:
        _add(root, "ArchivalAgreement", parties.agreement)
    lists = _add(root, "CodeListVersions")
    _add(lists, "MessageDigestAlgorithmCodeListVersion", DIGEST)
    _add(lists, "MimeTypeCodeListVersion", "IANA")
    package = _add(root, "DataObjectPackage")
    for number, piece in enumerate(pieces, 1):
        _data_object(_add(package, "DataObjectGroup", id=f"G{number}"), number, piece)
    _unit(_add(package, "DescriptiveMetadata"), dossier, pieces)
    management = _add(package, "ManagementMetadata")
    # What a town produces in its public service is of the public archives (code du patrimoine, article L211-4).
    _add(management, "LegalStatus", "Public Archive")
    _add(management, "OriginatingAgencyIdentifier", parties.originating)
    _add(management, "SubmissionAgencyIdentifier", parties.transferring)
    for role, name in (("ArchivalAgency", parties.archival), ("TransferringAgency", parties.transferring)):
        _add(_add(root, role), "Identifier", name)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _data_object(group: ET.Element, number: int, piece: Piece) -> None:
    data = _add(group, "BinaryDataObject", id=f"B{number}")
    _add(data, "DataObjectVersion", "BinaryMaster_1")
    _add(data, "Uri", piece.path)
    _add(data, "MessageDigest", piece.digest, algorithm=DIGEST)
    _add(data, "Size", str(piece.size))
    _add(_add(data, "FormatIdentification"), "MimeType", piece.media_type)
    info = _add(data, "FileInfo")
    _add(info, "Filename", piece.path.rpartition("/")[2])
    _add(info, "LastModified", _instant(piece.created_at))


def _unit(descriptive: ET.Element, dossier: Dossier, pieces: Sequence[Piece]) -> None:
    unit = _add(descriptive, "ArchiveUnit", id="U0")
    _rules(_add(unit, "Management"), dossier, pieces)
    content = _add(unit, "Content")
    _add(content, "DescriptionLevel", "File")
    _add(content, "Title", dossier.title)
    _add(content, "OriginatingSystemId", dossier.reference)
    _add(content, "DescriptionLanguage", _LANGUAGE)
    if dossier.received_on:
        _add(content, "ReceivedDate", dossier.received_on.isoformat())
        _add(content, "RegisteredDate", _instant(dossier.filed_at))
        _add(content, "StartDate", dossier.received_on.isoformat())
    else:
        _add(content, "StartDate", _instant(dossier.filed_at))
    _add(content, "EndDate", dossier.ended_on.isoformat())
    # Two acts at once may be numbered otherwise than their clocks say: a reader of archives goes by the time.
    for act in sorted(dossier.acts, key=lambda act: (act.at, act.number)):
        event = _add(content, "Event")
        _add(event, "EventIdentifier", str(act.number))
        _add(event, "EventTypeCode", act.code)
        _add(event, "EventType", act.name)
        _add(event, "EventDateTime", _instant(act.at))
    for number, piece in enumerate(pieces, 1):
        item = _add(unit, "ArchiveUnit", id=f"U{number}")
        described = _add(item, "Content")
        _add(described, "DescriptionLevel", "Item")
        _add(described, "Title", piece.title)
        _add(_add(item, "DataObjectReference"), "DataObjectGroupReferenceId", f"G{number}")


def _rules(management: ET.Element, dossier: Dossier, pieces: Sequence[Piece]) -> None:
    appraisal = _add(management, "AppraisalRule")
    if dossier.kept_months is not None:
        _add(appraisal, "Rule", f"P{dossier.kept_months}M")
        _add(appraisal, "StartDate", dossier.ended_on.isoformat())
    _add(appraisal, "FinalAction", _FINAL_ACTIONS[dossier.final_action])
    access = _add(management, "AccessRule")
    _add(access, "Rule", _ACCESS_RULES[dossier.access])
    # A medical secret counts from a birth that the file does not tell surely: without a date SEDA keeps it closed.
    if dossier.access is not ArchiveAccess.MEDICAL:
        instants = [dossier.filed_at, *(act.at for act in dossier.acts), *(piece.created_at for piece in pieces)]
        _add(access, "StartDate", max(dossier.ended_on, day_of(max(instants))).isoformat())


def _add(parent: ET.Element, name: str, words: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    # What XML 1.0 cannot hold (section 2.2) would make a slip that no reader opens.
    element.text = words and "".join(sign for sign in words if sign >= " " and sign not in "\ufffe\uffff")
    return element


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")

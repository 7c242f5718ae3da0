# SPDX-License-Identifier: EUPL-1.2
"""The slip of a transfer of archives (*bordereau de transfert*): the message ArchiveTransfer of SEDA 2.1.

The *Standard d'échange de données pour l'archivage* of the Service interministériel des Archives de France says which
elements there are and in which order. Only those are written that are known of a closed file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from xml.etree import ElementTree as ET

NAMESPACE: Final = "fr:gouv:culture:archivesdefrance:seda:v2.1"
MANIFEST: Final = "manifest.xml"
DIGEST: Final = "SHA-512"
_LANGUAGE: Final = "fr"


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
class Dossier:
    """A closed file as its slip describes it.

    Attributes:
        message: the identifier of this transfer, never used again.
        agency: the collectivity, which is the producer, hands over, and keeps the archives.
        agency_name: what it is called.
        kept_months: the *durée d'utilité administrative* from the end on, where the type says one.
    """

    message: str
    agency: str
    agency_name: str
    reference: str
    title: str
    filed_at: datetime
    ended_on: date
    kept_months: int | None
    acts: Sequence[Act]


def manifest(dossier: Dossier, pieces: Sequence[Piece], at: datetime) -> bytes:
    """The slip of these pieces, as UTF-8 with its XML declaration."""
    root = ET.Element("ArchiveTransfer", {"xmlns": NAMESPACE})
    _add(root, "Comment", f"{dossier.agency_name} : {dossier.title}")
    _add(root, "Date", _instant(at))
    _add(root, "MessageIdentifier", dossier.message)
    lists = _add(root, "CodeListVersions")
    _add(lists, "MessageDigestAlgorithmCodeListVersion", DIGEST)
    _add(lists, "MimeTypeCodeListVersion", "IANA")
    package = _add(root, "DataObjectPackage")
    for number, piece in enumerate(pieces, 1):
        _data_object(_add(package, "DataObjectGroup", id=f"G{number}"), number, piece)
    _unit(_add(package, "DescriptiveMetadata"), dossier, pieces)
    management = _add(package, "ManagementMetadata")
    _add(management, "OriginatingAgencyIdentifier", dossier.agency)
    _add(management, "SubmissionAgencyIdentifier", dossier.agency)
    for role in ("ArchivalAgency", "TransferringAgency"):
        _add(_add(root, role), "Identifier", dossier.agency)
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
    rule = _add(_add(unit, "Management"), "AppraisalRule")
    if dossier.kept_months is not None:
        _add(rule, "Rule", f"P{dossier.kept_months}M")
        _add(rule, "StartDate", dossier.ended_on.isoformat())
    # What is not kept is eliminated by a visa alone (code du patrimoine, article R212-14): nothing here foresees it.
    _add(rule, "FinalAction", "Keep")
    content = _add(unit, "Content")
    _add(content, "DescriptionLevel", "File")
    _add(content, "Title", dossier.title)
    _add(content, "OriginatingSystemId", dossier.reference)
    _add(content, "DescriptionLanguage", _LANGUAGE)
    _add(content, "StartDate", _instant(dossier.filed_at))
    _add(content, "EndDate", dossier.ended_on.isoformat())
    for act in dossier.acts:
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


def _add(parent: ET.Element, name: str, words: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    # What XML 1.0 cannot hold (section 2.2) would make a slip that no reader opens.
    element.text = words and "".join(sign for sign in words if sign >= " " and sign not in "\ufffe\uffff")
    return element


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")

# SPDX-License-Identifier: EUPL-1.2
"""The rules of SEDA 2.1 that a slip of ours must keep, in our words: the published schemas name no licence.

For each element that we write: its children in the order of the schema, and which of them may lack (``?``), come
several times (``+``) or both (``*``); ``|`` stands between two ways. What stands here is less than the schema allows,
never more: the tests among the oracles hold it against the published schemas.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

SEDA: Final = "{fr:gouv:culture:archivesdefrance:seda:v2.1}"
_ORDER: Final[Mapping[str, str]] = {
    "ArchiveTransfer": "Comment* Date MessageIdentifier ArchivalAgreement? CodeListVersions DataObjectPackage"
    " ArchivalAgency TransferringAgency",
    "CodeListVersions": "MessageDigestAlgorithmCodeListVersion? MimeTypeCodeListVersion?",
    "DataObjectPackage": "DataObjectGroup* DescriptiveMetadata ManagementMetadata",
    "DataObjectGroup": "BinaryDataObject+",
    "BinaryDataObject": "DataObjectVersion? Uri MessageDigest Size? FormatIdentification? FileInfo?",
    "FormatIdentification": "FormatLitteral? MimeType? FormatId? Encoding?",
    "FileInfo": "Filename LastModified?",
    "DescriptiveMetadata": "ArchiveUnit+",
    "ArchiveUnit": "Management? Content ArchiveUnit* DataObjectReference*",
    "Management": "AppraisalRule? AccessRule?",
    "AppraisalRule": "Rule StartDate? FinalAction | FinalAction",
    "AccessRule": "Rule StartDate?",
    "Content": "DescriptionLevel? Title+ OriginatingSystemId* Description* DescriptionLanguage? ReceivedDate?"
    " RegisteredDate? StartDate? EndDate? Event*",
    "Event": "EventIdentifier? EventTypeCode? EventType? EventDateTime",
    "DataObjectReference": "DataObjectGroupReferenceId",
    "ManagementMetadata": "LegalStatus? OriginatingAgencyIdentifier? SubmissionAgencyIdentifier?",
    "ArchivalAgency": "Identifier",
    "TransferringAgency": "Identifier",
}
_INSTANT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00"
_VALUES: Final[Mapping[str, str]] = {
    "Date": _INSTANT,
    "LastModified": _INSTANT,
    "EventDateTime": _INSTANT,
    "ReceivedDate": r"\d{4}-\d\d-\d\d",
    "RegisteredDate": _INSTANT,
    "MessageDigest": r"[0-9a-f]{128}",
    "Size": r"[1-9]\d*",
    "LegalStatus": "Public Archive|Private Archive|Public and Private Archive",
    "FinalAction": "Keep|Destroy",
    "DescriptionLevel": "Fonds|Subfonds|Class|Collection|Series|Subseries|RecordGrp|SubGrp|File|Item",
    "MimeType": r"[a-z]+/[a-z0-9.+-]+",
}


def faults(root: ET.Element) -> list[str]:
    """What breaks a rule, by the name of the element."""
    found = [] if root.tag == f"{SEDA}ArchiveTransfer" else ["root"]
    found += [name for element in root.iter() for name in _faults(element)]
    identifiers = [value for element in root.iter() if (value := element.get("id"))]
    found += ["id"] if len(identifiers) != len(set(identifiers)) else []
    named = {reference.text for reference in root.iter(f"{SEDA}DataObjectGroupReferenceId")}
    groups = {group.get("id") for group in root.iter(f"{SEDA}DataObjectGroup")}
    return found + (["DataObjectGroupReferenceId"] if named != groups else [])


def _faults(element: ET.Element) -> Iterator[str]:
    name = element.tag.removeprefix(SEDA)
    order = _ORDER.get(name)
    children = " ".join(child.tag.removeprefix(SEDA) for child in element)
    if order is None:
        pattern = _VALUES.get(name, r"\S.*")
        if children or not re.fullmatch(pattern, element.text or ""):
            yield name
    elif not any(re.fullmatch(_pattern(way), f"{children} " if children else "") for way in order.split(" | ")):
        yield name
    if (name in {"ArchiveUnit", "BinaryDataObject", "DataObjectGroup"}) != (element.get("id") is not None):
        yield f"{name}/@id"
    if name == "MessageDigest" and element.get("algorithm") != "SHA-512":
        yield "MessageDigest/@algorithm"


def _pattern(order: str) -> str:
    steps = (re.fullmatch(r"(\w+)([?*+]?)", step) for step in order.split())
    return "".join(f"(?:{step[1]} ){step[2]}" for step in steps if step)

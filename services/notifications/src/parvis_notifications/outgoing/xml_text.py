# SPDX-License-Identifier: EUPL-1.2
"""Text in an XML document: what people write may hold signs that XML cannot."""

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement

# What XML 1.0 cannot hold at all (section 2.2).
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text without what no document may hold, not even as a reference to the character."""
    return _NOT_XML.sub("", text)


def put_text(parent: Element, name: str, text: str) -> None:
    """An element of that name with the text."""
    SubElement(parent, name).text = xml_text(text)

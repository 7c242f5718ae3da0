# SPDX-License-Identifier: EUPL-1.2
"""Files of each kind, made here."""

import io
import zipfile

ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="{}.main+xml"/></Types>'
)


def pdf(words: bytes = b"Bonjour") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n% " + words + b"\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


def archive(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("types", "[Content_Types]"), content)
    return out.getvalue()


def odt() -> bytes:
    return archive(mimetype=ODT, content_xml="<office:document-content/>")


def docx(kind: str = DOCX) -> bytes:
    return archive(types_xml=CONTENT_TYPES.format(kind), word__document_xml="<w:document/>")


def heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)

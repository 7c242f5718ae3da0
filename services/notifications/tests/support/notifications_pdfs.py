# SPDX-License-Identifier: EUPL-1.2
"""PDFs as applications make them, down to their bytes (ISO 32000-1 section 7.5)."""

import io
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter

_MM = 72 / 25.4
A4 = (210.0, 297.0)
HOME = ("Mme Zoé Lefèvre", "12 bis, rue de l'Église", "75011 Paris")


def pdf(
    lines: Sequence[str] = HOME,
    *,
    at: tuple[float, float] = (115, 62),
    sizes: Sequence[tuple[float, float]] = (A4,),
    rotation: int = 0,
) -> bytes:
    """Pages of these sizes in millimetres; the lines stand on the first, at so many millimetres from left and top."""
    height = sizes[0][1]
    said = [f"BT /F 9 Tf {at[0] * _MM:.2f} {(height - at[1]) * _MM:.2f} Td 11 TL"]
    said += [f"({line}) Tj T*" for line in lines]
    said += [f"ET BT /F 11 Tf {25 * _MM:.2f} {(height - 120) * _MM:.2f} Td (Votre dossier est complet.) Tj ET"]
    words = "\n".join(said).encode("cp1252")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        font,
    ]
    kids = []
    for number, (width, tall) in enumerate(sizes):
        kids.append(f"{len(objects) + 1} 0 R")
        content = "/Contents 3 0 R" if number == 0 else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width * _MM:.2f} {tall * _MM:.2f}] /Rotate {rotation}"
            f" /Resources << /Font << /F 4 0 R >> >> {content} >>".encode()
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, each in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, each))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def locked(content: bytes, password: str) -> bytes:
    """The same, encrypted."""
    writer = PdfWriter(PdfReader(io.BytesIO(content)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()

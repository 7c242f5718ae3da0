# SPDX-License-Identifier: EUPL-1.2
"""Our letters before the validator of others: PDF/A-3a and PDF/UA-1, by veraPDF."""

import asyncio
import shutil
from pathlib import Path

import pytest

from parvis_notifications.domain.postal_address import french_address
from parvis_notifications.outgoing.letter_pdf import Letter, letter_pdf

HERE = Path(__file__).parent
LETTER = Letter(
    sender=("Ville de Paris", "Bibliothèque", "75004 Paris"),
    address=french_address(["Mme Zoé Lefèvre-Œuf", "12 bis, rue de l'Église", "75011 Paris"]),
    date="27 novembre 2026",
    subject="Votre carte",
    text="Bonjour Zoé,\n\nVotre carte est prête\u202f: 3 €.\nVenez.\n\n- un\n- deux\n\n" + "Un paragraphe.\n\n" * 60,
    language="fr",
)


async def run(*command: str | Path) -> str:
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
    told, _ = await program.communicate()
    assert program.returncode == 0, told.decode()
    return told.decode()


@pytest.mark.independent
@pytest.mark.timeout(300)
async def test_a_letter_is_pdf_a_and_pdf_ua(tmp_path: Path) -> None:
    maven, java = shutil.which("mvn"), shutil.which("java")
    assert maven
    assert java
    jars, letter = tmp_path / "jars", tmp_path / "letter.pdf"
    await run(maven, "-B", "-q", "-f", HERE / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={jars}")
    letter.write_bytes(await letter_pdf(LETTER))
    rhino = ("org.mozilla.javascript.tools.shell.Main", "-opt", "-1", HERE / "validate.js")
    told = await run(java, "-cp", f"{jars}/*", *rhino, letter)
    assert told.splitlines() == ["3a true true", "ua1 true true"]

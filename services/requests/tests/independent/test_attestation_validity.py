# SPDX-License-Identifier: EUPL-1.2
"""Our attestations before the validator of others: PDF/A-3a and PDF/UA-1, by veraPDF."""

import asyncio
import shutil
from pathlib import Path

import pytest

from parvis_requests.outgoing.attestation_pdf import AttestationWords, attestation_pdf

# One program judges all PDFs that the services make.
HERE = Path(__file__).parents[3] / "notifications/tests/independent"
LONG = "Articles R*423-23 et R*424-1 du code de l'urbanisme, et ce qui s'y rapporte. " * 80
WORDS = AttestationWords(
    sender=("Ville de Paris", "Place de l'Hôtel-de-Ville, 75004 Paris", "accueil@paris.example"),
    reference="R-2026-E2FH-WFZ",
    date="28 novembre 2026",
    title="Attestation de décision implicite d'acceptation",
    statement="Ville de Paris atteste que la demande de Zoé Lefèvre-Œuf est acceptée.",
    facts=[{"name": "Objet", "value": "Permis de construire"}, {"name": "Fondement", "value": LONG}],
    closing="Attestation délivrée pour faire valoir ce que de droit.",
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
async def test_an_attestation_is_pdf_a_and_pdf_ua(tmp_path: Path) -> None:
    maven, java = shutil.which("mvn"), shutil.which("java")
    assert maven
    assert java
    jars, printed = tmp_path / "jars", tmp_path / "attestation.pdf"
    await run(maven, "-B", "-q", "-f", HERE / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={jars}")
    printed.write_bytes(await attestation_pdf(WORDS))
    rhino = ("org.mozilla.javascript.tools.shell.Main", "-opt", "-1", HERE / "validate.js")
    told = await run(java, "-cp", f"{jars}/*", *rhino, printed)
    assert told.splitlines() == ["3a true true", "ua1 true true"]

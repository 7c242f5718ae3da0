# SPDX-License-Identifier: EUPL-1.2
"""Rules about the sources that no off-the-shelf linter knows."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRACKED = [
    path
    for name in subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    if (path := ROOT / name).is_file()
]
PYTHON = [path for path in TRACKED if path.suffix == ".py"]
# Never committed: the host of a package registry (locks work behind any mirror), the path of somebody's machine.
HOST = re.compile(rb"(?i)(pypi\.org|pythonhosted\.org|registry\.npmjs|repo\.maven|repo1\.maven|crates\.io|deb\.debian)")
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_./])/(?:work|home|root)/")
LONGEST_FILE = 300
# What all services share binds them together: beyond this, something in it belongs to one of them.
LARGEST_KIT = 3_300


def relative(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_each_source_file_names_its_licence() -> None:
    assert (
        relative(
            [p for p in PYTHON if p.stat().st_size and "SPDX-License-Identifier: EUPL-1.2" not in p.read_text()[:200]]
        )
        == []
    )


def test_files_fit_on_a_few_screens() -> None:
    assert relative([p for p in PYTHON if len(p.read_text().splitlines()) > LONGEST_FILE]) == []


def test_no_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert relative([p for p in PYTHON if p.stem in drawers]) == []


def test_no_registry_host_and_no_machine_path_is_committed() -> None:
    mine = Path(__file__)
    assert relative([p for p in TRACKED if p != mine and HOST.search(p.read_bytes())]) == []
    text = [p for p in TRACKED if p != mine and p.suffix in {".py", ".yaml", ".toml", ".md", ".sh", ""}]
    assert relative([p for p in text if MACHINE_PATH.search(p.read_text("utf-8", "replace"))]) == []


@pytest.mark.parametrize("service", ["identity", "requests", "notifications", "participation"])
def test_each_house_has_the_same_rooms(service: str) -> None:
    house = ROOT / "services" / service
    package = house / "src" / f"parvis_{service}"
    rooms = ["main.py", "worker.py", "settings.py", "__main__.py", "domain", "service", "db", "api", "events.py"]
    missing = [room for room in rooms if not (package / room).exists()]
    missing += [
        part
        for part in ("migrations/versions", "tests/unit", "tests/api", "Dockerfile", "README.md")
        if not (house / part).exists()
    ]
    assert missing == []


def test_the_kit_stays_small() -> None:
    kit = [path for path in PYTHON if path.is_relative_to(ROOT / "libs" / "kit" / "src")]
    assert kit
    assert sum(len(path.read_text("utf-8").splitlines()) for path in kit) < LARGEST_KIT

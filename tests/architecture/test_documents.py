# SPDX-License-Identifier: EUPL-1.2
"""The documents say what the code does, where that can be checked."""

import re
from pathlib import Path

import settings_tables

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
METRIC = re.compile(r'(?:Counter|Gauge|Histogram)\(\s*"(parvis_[a-z_]+)"')
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_the_settings_are_all_described() -> None:
    assert settings_tables.FILE.read_text("utf-8") == settings_tables.written(), "run `make docs`"


def test_each_metric_has_its_meaning_in_the_operations_guide() -> None:
    sources = [
        path.read_text("utf-8") for folder in ("libs", "services") for path in (ROOT / folder).rglob("src/**/*.py")
    ]
    named = {name for text in sources for name in METRIC.findall(text)}
    assert len(named) > 5
    told = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert sorted(name for name in named if f"`{name}`" not in told) == []


def test_each_link_in_a_document_leads_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in LINK.findall(document.read_text("utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert broken == []

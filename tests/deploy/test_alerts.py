# SPDX-License-Identifier: EUPL-1.2
"""The alerts look at what the processes measure, and operators can read about each."""

import re
from typing import Any

import pytest
from manifests import ROOT, of_kind, render_with

MEASURED = re.compile(r'(?:Counter|Gauge|Histogram)\(\s*"(parvis_[a-z_]+)"')
NAMED = re.compile(r"parvis_[a-z_]+")


def alerts() -> list[dict[str, Any]]:
    (rules,) = of_kind(render_with("alerts"), "PrometheusRule")
    return [rule for group in rules["spec"]["groups"] for rule in group["rules"]]


def measured() -> set[str]:
    sources = [*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]
    return {name for source in sources for name in MEASURED.findall(source.read_text("utf-8"))}


def test_there_is_an_alert_for_what_must_not_go_unseen() -> None:
    assert len({alert["alert"] for alert in alerts()}) == len(alerts()) >= 6


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_each_alert_looks_at_what_is_measured_and_explained(alert: dict[str, Any]) -> None:
    names = set(NAMED.findall(alert["expr"]))
    assert names
    assert names <= measured()
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert [name for name in sorted(names) if f"`{name}`" not in operations] == []
    assert alert["labels"]["severity"] in {"warning", "critical"}
    assert alert["annotations"].keys() == {"summary", "description"}

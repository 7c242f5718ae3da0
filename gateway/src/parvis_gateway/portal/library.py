# SPDX-License-Identifier: EUPL-1.2
"""The contracts as the portal shows them, read once at its start."""

import json
from pathlib import Path
from typing import Any

from parvis_gateway.yaml_file import read_yaml


class Library:
    """OpenAPI and AsyncAPI documents, event schemas with examples, problem codes."""

    def __init__(self, folder: Path) -> None:
        self.apis = _documents(folder / "openapi")
        self.channels = _documents(folder / "asyncapi")
        self.problems: dict[str, Any] = read_yaml(folder / "problems.yaml")
        self.schemas = {
            f"{file.parent.name}.{file.stem}": json.loads(file.read_text("utf-8"))
            for file in sorted((folder / "events").glob("*/v*.json"))
        }
        examples = folder / "examples" / "events"
        self.examples = {
            name: json.loads((examples / f"{name}.json").read_text("utf-8"))
            for name in self.schemas
            if (examples / f"{name}.json").is_file()
        }
        self.files = {
            file.name if kind == "openapi" else f"asyncapi-{file.name}": file.read_text("utf-8")
            for kind in ("openapi", "asyncapi")
            for file in sorted((folder / kind).glob("*.yaml"))
        }


def _documents(folder: Path) -> dict[str, dict[str, Any]]:
    return {file.name.split(".")[0]: read_yaml(file) for file in sorted(folder.glob("*.yaml"))}

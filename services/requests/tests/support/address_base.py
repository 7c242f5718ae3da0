# SPDX-License-Identifier: EUPL-1.2
"""An address base that answers as the Géoplateforme's does: GeocodeJSON, its refusals, its bound of calls."""

import json
import math
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

# Of Paris, and one of the same name beyond its border: label, kind, longitude, latitude, code of the commune.
ADDRESSES: Final[tuple[tuple[str, str, float, float, str], ...]] = (
    ("4 Place de l'Hôtel de Ville 75004 Paris", "housenumber", 2.351828, 48.856578, "75104"),
    ("Place de l'Hôtel de Ville 75004 Paris", "street", 2.3517, 48.8568, "75104"),
    ("Place de l'Hôtel de Ville 93600 Aulnay-sous-Bois", "street", 2.4967, 48.9389, "93005"),
    ("Rue de Rivoli 75001 Paris", "street", 2.3381, 48.8617, "75101"),
    ("Paris", "municipality", 2.3470, 48.8590, "75056"),
)


class AddressBaseSimulator:
    """What it was asked, and how it behaves: ``says`` is a status that it answers instead, with ``headers``."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.score = 0.95
        self.says: int | None = None
        self.headers: dict[str, str] = {}
        self.body: bytes | None = None
        self.stalls = threading.Event()
        self.stalls.set()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append((path, query))
        if self.says:
            return self.says, {"code": self.says, "message": "as told"}
        if path == "/geocodage/reverse":
            return 200, self._collection([_near(a, query) for a in ADDRESSES if a[1] != "municipality"], query)
        words = _plain(query.get("q", ""))
        # The first character of a text must be a letter or a digit.
        if len(words) < 3 or not words[0].isalnum():
            return 400, {"code": 400, "message": "Failed parsing query"}
        found = [a for a in ADDRESSES if all(word in _plain(a[0]) for word in words.split())]
        return 200, self._collection([_feature(a, self.score - n / 10) for n, a in enumerate(found)], query)

    def _collection(self, features: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
        features.sort(key=lambda feature: -feature["properties"]["score"])
        return {"type": "FeatureCollection", "features": features[: int(query["limit"])], "query": query.get("q", "")}


def _feature(address: tuple[str, str, float, float, str], score: float, **more: Any) -> dict[str, Any]:
    label, kind, longitude, latitude, commune = address
    properties = {"label": label, "score": score, "type": kind, "citycode": commune, "_type": "address", **more}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties,
    }


def _near(address: tuple[str, str, float, float, str], query: dict[str, str]) -> dict[str, Any]:
    east = (address[2] - float(query["lon"])) * 73_000
    north = (address[3] - float(query["lat"])) * 111_000
    distance = round(math.hypot(east, north))
    return _feature(address, max(1 - distance / 10_000, 0), distance=distance)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


@contextmanager
def address_base() -> Iterator[AddressBaseSimulator]:
    """One that answers at ``url`` until the end of the block."""
    simulator = AddressBaseSimulator()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            status, body = simulator.answer(url.path, {name: values[0] for name, values in parse_qs(url.query).items()})
            simulator.stalls.wait(60)
            content = simulator.body if simulator.body is not None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**simulator.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output free of what was asked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        simulator.url = f"http://127.0.0.1:{server.server_port}/geocodage"
        try:
            yield simulator
        finally:
            simulator.stalls.set()
            server.shutdown()

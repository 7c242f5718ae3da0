# SPDX-License-Identifier: EUPL-1.2
"""Addresses with parameters added: how answers reach clients."""

from urllib.parse import urlencode, urlsplit, urlunsplit


def with_parameters(uri: str, parameters: dict[str, str | None]) -> str:
    """The URI with the parameters that have a value added to its query (RFC 6749 section 3.1.2 keeps the query)."""
    given = {name: value for name, value in parameters.items() if value is not None}
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(given))))))

# SPDX-License-Identifier: EUPL-1.2
"""Where a request comes from, as far as our own proxies saw it."""

from starlette.requests import Request

from parvis_identity.api.context import parts_of


def source_of(request: Request) -> str:
    """The address that called the outermost proxy of ours; what callers write into the header themselves lies before.

    Each proxy appends the address that called it to ``X-Forwarded-For``.
    """
    proxies = parts_of(request).settings.trusted_proxies
    forwarded = [hop.strip() for line in request.headers.getlist("x-forwarded-for") for hop in line.split(",")]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.client.host if request.client else ""

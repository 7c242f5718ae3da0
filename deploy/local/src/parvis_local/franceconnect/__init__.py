# SPDX-License-Identifier: EUPL-1.2
"""Look-alikes of FranceConnect v2 and ProConnect, true on the wire, with invented people.

They share no code with the identity service, so that a mistake of one side is not repeated on the other. Sources:
the partner documentation and the published code of both, as of 2026.
"""

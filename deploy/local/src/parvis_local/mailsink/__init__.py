# SPDX-License-Identifier: EUPL-1.2
"""A mail server that keeps every mail and sends none, with pages that show them."""

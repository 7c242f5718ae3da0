# SPDX-License-Identifier: EUPL-1.2
"""A provider of text messages that keeps every one and sends none, with pages that show them."""

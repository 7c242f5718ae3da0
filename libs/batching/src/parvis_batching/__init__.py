# SPDX-License-Identifier: EUPL-1.2
"""Calls of one moment share a round trip."""

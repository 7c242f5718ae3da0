# SPDX-License-Identifier: EUPL-1.2
"""A push service with browsers of its own, which decrypt what they are told, and pages that show it."""

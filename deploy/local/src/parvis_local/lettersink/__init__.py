# SPDX-License-Identifier: EUPL-1.2
"""A provider of postal letters that keeps every one and prints none, with pages that show them."""

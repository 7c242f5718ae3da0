# SPDX-License-Identifier: EUPL-1.2
"""A server of the fediverse with one account, by Mastodon's REST API, and a page that shows what stands on it."""

"""Generations of layout 4, read for as long as it takes to build one of today's beside them.

They have no printed texts, so that nothing can be looked for as typed, and no list of what punctuation parts.
This module goes when no release that wrote them is to be upgraded from.
"""

from __future__ import annotations

SCHEMA = "4"

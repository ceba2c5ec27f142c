"""Whole populations judged at once: the same trees on columns."""

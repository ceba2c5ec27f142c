"""Packs: one policy text as data, loaded to one flat effective pack."""

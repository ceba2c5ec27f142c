"""Tools for people who write packs: a scaffold, a check with remedies, the difference to another text in words, and worked cases."""

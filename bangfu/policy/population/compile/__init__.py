"""From the typed tree of a pack to a relational program: what every operation means for columns, written once."""

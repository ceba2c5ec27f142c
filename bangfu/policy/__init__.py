"""Facts, standards, policy packs and the judging of one household. Pure Python: imports no Django and no other room."""

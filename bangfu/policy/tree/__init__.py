"""One typed tree for all formulas of the packs: parsed once, then read by whatever machine answers."""

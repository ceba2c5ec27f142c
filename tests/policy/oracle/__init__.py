"""A second reading of the rules, in exact fractions, that shares nothing with the packs or the engine: what both say must agree."""

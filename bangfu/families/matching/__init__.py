"""One family, one file (一户一档): which households may be the same family, and bringing them together or apart."""

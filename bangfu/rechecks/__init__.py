"""Re-verification of all open files at once: a background run, whose changed outcomes become tasks for people."""

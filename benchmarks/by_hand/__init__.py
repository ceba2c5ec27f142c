"""Tianjin's full rule written by hand, as a careful programmer would, for the benchmark: all facts of the population are known."""

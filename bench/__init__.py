"""Measurements, one command: `make bench`. Each prints a ratio against a peer or a limit taken in the same run."""

"""Runs in a process of its own, on one hostile document. Imports nothing else of ours."""

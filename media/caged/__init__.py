"""Runs in processes of their own, on one hostile file each. Imports nothing else of ours."""

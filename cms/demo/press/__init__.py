"""Cabestan's press room: its kits with their files, its outlets, and what they took."""

"""Recordings: what a node stores of its streams, what becomes of it afterwards, and who may read it."""

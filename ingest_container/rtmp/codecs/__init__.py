"""Readers of the codecs' own configuration records, as the sequence headers carry them."""

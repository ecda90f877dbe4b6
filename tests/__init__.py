"""The suites. A package by name, because one of the installed distributions ships a top-level `tests` of its own."""

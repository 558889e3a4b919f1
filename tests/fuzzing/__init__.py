"""Fuzzing: pass damaged image files and odd arrays through whole pipelines."""

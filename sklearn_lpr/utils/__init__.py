"""Utilities for developers of estimators."""

"""Tools for those who write estimators of their own."""

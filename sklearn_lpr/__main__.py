"""Run the command line: ``python -m sklearn_lpr``."""

from sklearn_lpr.cli import main

if __name__ == "__main__":
    main()

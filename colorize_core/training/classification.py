"""Train the classification method: `python -m colorize_core.training.classification --help`."""

from colorize_core.cli.train import main

if __name__ == "__main__":
    main("classification")

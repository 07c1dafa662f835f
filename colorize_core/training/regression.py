"""Train the regression method: `python -m colorize_core.training.regression --help`."""

from colorize_core.cli.train import main

if __name__ == "__main__":
    main("regression")

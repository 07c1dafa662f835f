"""Train the gan method: `python -m colorize_core.training.gan --help`."""

from colorize_core.cli.train import main

if __name__ == "__main__":
    main("gan")

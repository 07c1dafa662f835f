"""`python -m colorize_core` is `colorize`; `accelerate launch -m colorize_core` needs a module."""

from colorize_core.cli.main import main

if __name__ == "__main__":
    main()

"""The `colorize` command: which commands there are, and how errors end.

A command imports what it computes with when it is called, so that help answers at once.
"""

import sys

import typer

from colorize_core.cli.blend import blend
from colorize_core.cli.classify import classify
from colorize_core.cli.evaluate import evaluate
from colorize_core.cli.export import export
from colorize_core.cli.export_cifar10 import export_cifar10
from colorize_core.cli.front_ends import start_app, start_dashboard
from colorize_core.cli.methods import methods
from colorize_core.cli.prior import prior
from colorize_core.cli.results import results
from colorize_core.cli.run import run
from colorize_core.cli.site import publish, site
from colorize_core.cli.terminal import repeat_option, report
from colorize_core.cli.train import train
from colorize_core.cli.train_classifier import train_classifier
from colorize_core.errors import ColorizeError
from colorize_core.memory import return_memory

app = typer.Typer(
    help="Colorize grey photos; compare and train colorization methods.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for name, command in {
    "run": run,
    "methods": methods,
    "app": start_app,
    "dashboard": start_dashboard,
    "site": site,
    "publish": publish,
    "classify": classify,
    "train": train,
    "train-classifier": train_classifier,
    "evaluate": evaluate,
    "results": results,
    "prior": prior,
    "blend": blend,
    "export": export,
    "export-cifar10": export_cifar10,
}.items():
    app.command(name)(command)


def main() -> None:
    """Run the command line; expected errors become one sentence and exit code 1.

    So do those of the system about files, such as a name too long or a folder not to be entered.
    """
    return_memory()
    try:
        app(repeat_option(sys.argv[1:], "--data"))
    except ColorizeError as error:
        report(f"error: {error}")
        sys.exit(1)
    except OSError as error:
        about = f"{error.filename}: {error.strerror}" if error.filename else error
        report(f"error: {about}")
        sys.exit(1)


if __name__ == "__main__":
    main()

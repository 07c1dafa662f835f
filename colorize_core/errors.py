"""Every error that the package raises on purpose: one family, one base."""


class ColorizeError(Exception):
    """Base of all expected failures; its text is fit to be shown to a user."""


class PhotoError(ColorizeError, ValueError):
    """A picture that cannot be read or must be refused."""


class UnknownMethodError(ColorizeError, KeyError):
    """A method name that is not in the registry."""

    def __str__(self) -> str:
        # KeyError quotes its argument; users should read the plain sentence.
        return str(self.args[0]) if self.args else ""


class ConfigError(ColorizeError, ValueError):
    """A configuration value outside its allowed range."""


class CheckpointError(ColorizeError):
    """A checkpoint folder that is missing, damaged or of another shape."""


class StorageError(ColorizeError, OSError):
    """A file or folder that the disk does not let us write."""

    def __init__(self, path: object, error: OSError) -> None:
        super().__init__(error.errno, error.strerror or str(error), str(path))

    def __str__(self) -> str:
        return (
            f"cannot write {self.filename} ({self.strerror}); "
            "make room or give another place that can be written to"
        )


class DataError(ColorizeError):
    """A training or evaluation data folder that cannot be used."""


class TrainingError(ColorizeError):
    """A training run that cannot go on, such as a non-finite loss."""


class SiteError(ColorizeError):
    """A site for the browser that cannot be built or published."""


class ClassifierError(ColorizeError):
    """An evaluation classifier that does not exist or whose weights are not here."""

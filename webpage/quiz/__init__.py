"""The quiz "Real or colorized?": its handlers and its rounds."""

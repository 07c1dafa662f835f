"""The page without a server: built as a static folder, and sent to where it is shown."""

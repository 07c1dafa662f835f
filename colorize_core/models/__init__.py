"""Network modules; no files, no losses."""

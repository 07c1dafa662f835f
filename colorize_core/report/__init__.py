"""The results pages in Markdown, made from what lies in checkpoints/ and nothing else."""

from colorize_core.report.tables import BEGIN, END, results_table, rewrite

__all__ = ["BEGIN", "END", "results_table", "rewrite"]

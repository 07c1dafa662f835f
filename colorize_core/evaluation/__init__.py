"""Methods × photos -> measures, tables and pages."""

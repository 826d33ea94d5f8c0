"""What the researcher reads: selection methods, figures and reports."""

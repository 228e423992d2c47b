"""Whose documents are whose: those of their subject."""

from casework.staff.rows import show_with_subject

show_with_subject("documents.Document")

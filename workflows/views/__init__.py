"""Screens: permission, form, one act, redirect."""

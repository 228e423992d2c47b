"""Papers that are filled in, signed or handed over: printed from the file when they are needed.

They have no number of their own and are kept nowhere: what has a number is a document, issued once
by the act it belongs to. Every printing stands in the read log.
"""

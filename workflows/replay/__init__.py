"""Replays dated scenarios through the real engine: for training, acceptance and tests."""

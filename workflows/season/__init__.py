"""A fictional season of a whole city, played through the real engine: nothing is written past it."""

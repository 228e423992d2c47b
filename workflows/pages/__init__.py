"""What each page shows, ready to be read: texts, links and tones, no decisions left over."""

"""Bad input of every kind: answered, in the reader's words, and nothing lost or broken."""

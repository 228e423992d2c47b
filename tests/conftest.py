import os

os.environ.setdefault("DEMO", "1")
os.environ.setdefault("ALLOW_TEST_IDS", "1")

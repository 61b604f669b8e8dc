"""The doors: every process starts here and everything is wired here."""

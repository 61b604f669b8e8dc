"""`python -m storekeep.entry.cli`: the same as `storekeep`, where a script's first line cannot name its interpreter."""

from storekeep.entry.cli.main import app

app(prog_name="storekeep")

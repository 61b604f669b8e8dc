"""The command line: `storekeep …`. Each command imports what it runs only when it is called."""

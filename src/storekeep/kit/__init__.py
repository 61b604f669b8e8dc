"""Pure values without I/O: ids, clock, money, text, paging, errors, scope. Imports no framework and no other floor."""

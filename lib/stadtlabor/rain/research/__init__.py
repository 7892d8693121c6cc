"""For researchers: events, contests of methods, archives re-run, published protocols."""

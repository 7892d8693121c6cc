"""Pages that need no kernel: start page, gallery, legal pages, state of the services."""

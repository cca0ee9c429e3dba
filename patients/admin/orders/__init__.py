"""Orders of a plan in the workspace: the table, one page each, and the pages that add and move them."""

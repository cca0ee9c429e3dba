"""Pages of a plan about its supplies: what is at home, what changes when, and another product in its place."""

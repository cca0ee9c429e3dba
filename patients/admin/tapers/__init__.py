"""Tapers in the workspace: drawing up, sending, answers that come back, and every move, each on a page of its own."""

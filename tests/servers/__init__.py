"""The real servers of the tests: PostgreSQL, Redis and a mail server. None needs root or a network.

Each is an ordinary program in a process of its own. They end when the process that asked for them ends,
however it ends, because each waits for its standard input to close.
"""

"""A clinic under load, for measuring and for breaking things: real servers, many people, real worker processes."""

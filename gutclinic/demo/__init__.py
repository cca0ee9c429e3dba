"""The demonstration: a clinic with people in it, on one machine, without any server to install."""

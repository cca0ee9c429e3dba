"""Pages of the reminders ledger: why something was sent or not, and what people may do about it."""

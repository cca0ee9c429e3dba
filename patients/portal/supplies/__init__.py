"""What she has at home of what her plan orders: counting it, and what to buy."""

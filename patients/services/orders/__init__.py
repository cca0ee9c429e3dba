"""What a patient takes, stops, swaps and has at home of what a plan orders."""

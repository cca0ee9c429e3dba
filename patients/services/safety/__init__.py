"""Safety in a patient’s life: what the rules find in a plan, and what people decide about it."""

"""帮扶: assistance policies for workers in difficulty, from the clause to the payment."""

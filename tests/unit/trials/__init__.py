"""What the trials count with."""

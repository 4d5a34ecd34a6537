"""A small portal of habits, with a carrier profile of its own, for what the eyes must see."""

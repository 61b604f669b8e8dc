"""Commerce: the copy of a store's customers, orders and products, how it is kept true, and its daily sales."""

"""Reading the copy: lists with filters, search and keyset pages, and single orders, customers and products.

`lists.py` owns paging and search for all three; each noun has its own module, its wire shapes and nothing else's.
"""

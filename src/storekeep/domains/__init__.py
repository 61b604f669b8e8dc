"""The rooms, low to high: each owns one noun of the merchant's business and shows one face, its `public.py`."""

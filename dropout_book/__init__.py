"""What the notebooks of *Dropout, Side by Side* share, whatever the library.

Nothing here imports a deep-learning library: every function takes and returns
NumPy arrays or plain numbers.
"""

"""Problems: which are worth it, and what a proportionate review is."""

"""Which messages are the same message with other values in it, learnt from the stream."""

from tickless.stages.sense.patterns.miner import Learnt, Miner, Pattern, fingerprint_of

__all__ = ["Learnt", "Miner", "Pattern", "fingerprint_of"]

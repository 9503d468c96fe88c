"""Which messages are the same message with other values in it, learnt from the stream."""

from tickless.stages.sense.patterns.miner import Kept, Learnt, Miner, Pattern, fingerprint_of

__all__ = ["Kept", "Learnt", "Miner", "Pattern", "fingerprint_of"]

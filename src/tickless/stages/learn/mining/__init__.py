"""Work that comes again and again: found in tickets and cases, named, weighed, and followed until its benefit arrives."""

from tickless.stages.learn.mining.grouping import Groups, group_items
from tickless.stages.learn.mining.items import Item

__all__ = ["Groups", "Item", "group_items"]

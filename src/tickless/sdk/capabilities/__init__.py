"""Vendor-neutral shapes: `directory.unlock` means the same behind LDAP, SCIM or the sample company (ADR 0004).

A connector that answers to a capability uses these very parameter and output types, and says so in its manifest.
"""

from tickless.sdk.capabilities import (
    balancer,
    chat,
    database,
    directory,
    dns,
    endpoint,
    infrastructure,
    inventory,
    mail,
    mailbox,
    phone,
    release,
    ticketing,
    toolbox,
    vpn,
    workload,
)
from tickless.sdk.capabilities.shape import Shape

CAPABILITIES: dict[str, Shape] = {
    shape.name: shape
    for module in (
        balancer,
        chat,
        database,
        directory,
        dns,
        endpoint,
        infrastructure,
        inventory,
        mail,
        mailbox,
        phone,
        release,
        ticketing,
        toolbox,
        vpn,
        workload,
    )
    for shape in module.SHAPES
}

__all__ = ["CAPABILITIES", "Shape"]

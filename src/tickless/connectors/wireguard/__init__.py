"""WireGuard: whose peers a gateway lets in, on a host reached by SSH."""

"""MCP: tools of any server that speaks the Model Context Protocol, each only after a person has said what it does."""

"""Case → Proposal: evidence for the autonomy ladder; nothing takes effect ungated."""

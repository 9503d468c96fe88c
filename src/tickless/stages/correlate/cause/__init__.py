"""Where trouble comes from: ranked with evidence, or no answer where the evidence is thin."""

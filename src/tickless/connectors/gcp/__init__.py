"""Google Cloud Monitoring: incidents by webhook or Pub/Sub push."""

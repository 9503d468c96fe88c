"""The sample company in accelerated time: see README.md."""

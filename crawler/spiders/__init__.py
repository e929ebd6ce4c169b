"""The spiders. There is one: platforms and registry hold what differs between sites."""

"""What a site's own systems are told: events, in order for each article, to the endpoints that the site named."""

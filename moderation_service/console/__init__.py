"""The moderators' edge: the web pages of the review desk."""

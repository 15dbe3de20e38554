"""Who may talk to us: sites with their keys, moderators with their roles, tokens and identities."""

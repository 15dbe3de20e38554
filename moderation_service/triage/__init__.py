"""How bad it looks before a person looks: rules and priority, as pure functions of facts."""

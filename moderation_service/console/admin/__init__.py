"""What admins and seniors look after: sites and keys, people, policies, what was given up on, and the audit trail."""

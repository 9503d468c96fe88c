"""E-mail: messages from people, mail to them, and mailboxes with quotas."""

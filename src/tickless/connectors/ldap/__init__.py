"""LDAP directories: OpenLDAP with its password policy overlay, and Active Directory."""

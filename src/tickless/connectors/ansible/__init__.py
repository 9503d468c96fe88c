"""Ansible: playbooks that the settings name, run by ansible-runner with typed variables; check mode as the dry run."""

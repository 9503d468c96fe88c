"""People, apps and devices: brought in from files. See README.md."""

from tickless.practices.people.service import PeopleKind, import_people, write_people

__all__ = ["PeopleKind", "import_people", "write_people"]

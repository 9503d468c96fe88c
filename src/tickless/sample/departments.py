"""How the sample company is organised: departments, their size, titles and places. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Department:
    """`size` counts the head. `titles`: head first, then lead, then what most people are."""

    name: str
    group: str
    size: int
    titles: tuple[str, ...]
    contractors: int = 0


DEPARTMENTS: tuple[Department, ...] = (
    Department(
        "Finance",
        "dept-finance",
        20,
        ("Finance Director", "Finance Lead", "Accountant", "Payroll Specialist", "Controller"),
        1,
    ),
    Department(
        "People", "dept-people", 10, ("Director of People", "People Partner Lead", "People Partner", "Recruiter")
    ),
    Department(
        "IT",
        "dept-it",
        22,
        ("Head of IT", "IT Team Lead", "Systems Engineer", "Service Desk Analyst", "Network Engineer"),
        2,
    ),
    Department(
        "Engineering",
        "dept-engineering",
        34,
        ("VP Engineering", "Engineering Lead", "Software Engineer", "Site Reliability Engineer", "Data Engineer"),
        4,
    ),
    Department(
        "Design", "dept-design", 16, ("Design Director", "Design Lead", "Product Designer", "Pattern Cutter"), 2
    ),
    Department(
        "Merchandising", "dept-merchandising", 15, ("Merchandising Director", "Buying Lead", "Buyer", "Merchandiser")
    ),
    Department(
        "Marketing",
        "dept-marketing",
        16,
        ("Marketing Director", "Campaign Lead", "Content Editor", "Brand Manager", "Photographer"),
        2,
    ),
    Department(
        "Sales", "dept-sales", 22, ("Sales Director", "Sales Lead", "Account Manager", "Wholesale Representative")
    ),
    Department("Customer Care", "dept-care", 20, ("Head of Customer Care", "Care Team Lead", "Care Advisor")),
    Department(
        "Logistics", "dept-logistics", 14, ("Logistics Director", "Shift Lead", "Warehouse Planner", "Dispatcher"), 1
    ),
    Department("Stores", "dept-stores", 10, ("Head of Stores", "Area Lead", "Store Manager")),
)

LOCATIONS: tuple[str, ...] = ("Leeds", "Leeds", "Leeds", "Lisbon", "Gdańsk", "Bristol", "Remote")

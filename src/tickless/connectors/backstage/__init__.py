"""Backstage: `catalog-info.yaml` files and the catalogue's API, as services of the map."""

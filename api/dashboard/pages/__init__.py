"""One module for each part of the dashboard; `api.dashboard.app` lists them."""

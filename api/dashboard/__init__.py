"""The dashboard: pages for operators under ``/dashboard``, rendered here, with little script."""

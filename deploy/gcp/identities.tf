# Who may do what. Nothing here has a role in the whole project, and nothing has a key: Cloud Run
# gives each process a token of its service account.

locals {
  identities = {
    api     = "receives events, serves the API and the dashboard"
    worker  = "handles what was received, and sends"
    migrate = "changes the schema of the database"
    promote = "tells Temporal which release gets the work"
    build   = "builds images"
  }
}

resource "google_service_account" "of" {
  for_each = local.identities

  account_id   = "${var.name}-${each.key}"
  display_name = "Layeron (${var.name}): ${each.value}"
}

locals {
  member = { for name, account in google_service_account.of : name => account.member }
}

# Secrets whose values are put in by hand, each with its own list of who may read it:
#     gcloud secrets versions add NAME --data-file=-

locals {
  # What Temporal asks for, by the variable that `temporalio.envconfig` reads it from.
  temporal_secrets = {
    api_key = { TEMPORAL_API_KEY = "${var.name}-temporal-api-key" }
    mtls = {
      TEMPORAL_TLS_CLIENT_CERT_DATA = "${var.name}-temporal-cert"
      TEMPORAL_TLS_CLIENT_KEY_DATA  = "${var.name}-temporal-key"
    }
    none = {}
  }[var.temporal.auth]
}

resource "google_secret_manager_secret" "temporal" {
  for_each = local.temporal_secrets

  secret_id = each.value

  replication {
    auto {}
  }

  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_iam_member" "temporal" {
  for_each = {
    for pair in setproduct(keys(local.temporal_secrets), ["api", "worker", "promote"]) :
    "${pair[0]} ${pair[1]}" => { variable = pair[0], who = pair[1] }
  }

  secret_id = google_secret_manager_secret.temporal[each.value.variable].id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member[each.value.who]
}

resource "google_secret_manager_secret" "declared" {
  for_each = var.secrets

  secret_id = each.key

  replication {
    auto {}
  }

  depends_on = [google_project_service.needed]
}

# The accessor reads values. Which of them are enabled, for a rotation, the viewer sees.
resource "google_secret_manager_secret_iam_member" "declared" {
  for_each = {
    for triple in setproduct(
      var.secrets,
      ["api", "worker"],
      ["roles/secretmanager.secretAccessor", "roles/secretmanager.viewer"],
    ) :
    join(" ", triple) => { secret = triple[0], who = triple[1], role = triple[2] }
  }

  secret_id = google_secret_manager_secret.declared[each.value.secret].id
  role      = each.value.role
  member    = local.member[each.value.who]
}

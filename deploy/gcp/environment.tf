# The environment of every process; docs/settings.md explains each variable.

locals {
  environment = merge(
    {
      LAYERON_BLOBS              = "gs://${google_storage_bucket.bodies.name}"
      LAYERON_SECRETS            = "gcp://${var.project}"
      LAYERON_TEMPORAL_ADDRESS   = var.temporal.address
      LAYERON_TEMPORAL_NAMESPACE = var.temporal.namespace
      LAYERON_TEMPORAL_UI        = var.temporal.ui
      LAYERON_DEPLOYMENT         = var.name
      # Cloud Run kills a process ten seconds after SIGTERM; two are left to say goodbye.
      LAYERON_DRAIN_TIMEOUT = "8s"
      TEMPORAL_TLS          = var.temporal.auth == "none" ? "false" : "true"
    },
    var.keep_bodies_days == null ? {} : { LAYERON_KEEP_BODIES = "${var.keep_bodies_days}d" },
    var.settings,
  )

  # Of the API, the workers and the jobs, by variable: the id of the secret.
  database_secrets = { LAYERON_DATABASE_URL = google_secret_manager_secret.database_url.secret_id }
  temporal_ids     = { for name, each in google_secret_manager_secret.temporal : name => each.secret_id }
}

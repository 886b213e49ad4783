# What is run by hand for each release: `gcloud run jobs execute NAME --region=… --wait`.

resource "google_cloud_run_v2_job" "migrate" {
  for_each = var.releases

  name                = "${var.name}-migrate-${each.key}"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.of["migrate"].email
      timeout         = "3600s" # an index on a large table takes its time
      max_retries     = 0       # it says what is wrong; again is safe, and for you to say

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"
        network_interfaces {
          network    = google_compute_network.private.id
          subnetwork = google_compute_subnetwork.run.id
        }
      }

      containers {
        image = each.value.image
        args  = ["db", "upgrade"]

        env {
          name  = "LAYERON_BLOBS"
          value = local.environment["LAYERON_BLOBS"]
        }
        dynamic "env" {
          for_each = local.database_secrets
          content {
            name = env.key
            value_source {
              secret_key_ref {
                secret  = env.value
                version = "latest"
              }
            }
          }
        }
      }
    }
  }

  depends_on = [
    google_secret_manager_secret_version.database_url,
    google_secret_manager_secret_iam_member.database_url,
  ]
}

resource "google_cloud_run_v2_job" "promote" {
  for_each = var.releases

  name                = "${var.name}-promote-${each.key}"
  location            = var.region
  deletion_protection = false

  template {
    template {
      service_account = google_service_account.of["promote"].email
      timeout         = "600s"
      max_retries     = 0

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"
        network_interfaces {
          network    = google_compute_network.private.id
          subnetwork = google_compute_subnetwork.run.id
        }
      }

      containers {
        image = each.value.image
        args  = ["deployment", "promote", "--wait", "5m"]

        dynamic "env" {
          for_each = merge(local.environment, {
            LAYERON_BUILD_ID   = each.key
            LAYERON_PRODUCTION = "false" # it needs no database, and gets none
          })
          content {
            name  = env.key
            value = env.value
          }
        }
        dynamic "env" {
          for_each = local.temporal_ids
          content {
            name = env.key
            value_source {
              secret_key_ref {
                secret  = env.value
                version = "latest"
              }
            }
          }
        }
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.temporal]
}

# A pool of workers for each release that has any, so that two releases can be there at once:
# Temporal gives work to the promoted one alone.

resource "google_cloud_run_v2_worker_pool" "workers" {
  for_each = { for id, release in var.releases : id => release if release.workers > 0 }

  name                = "${var.name}-worker-${each.key}"
  location            = var.region
  deletion_protection = false # it holds nothing

  # Pools do not grow by themselves: `layeron overview` tells what waits.
  scaling {
    manual_instance_count = each.value.workers
  }

  template {
    service_account = google_service_account.of["worker"].email

    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"
      network_interfaces {
        network    = google_compute_network.private.id
        subnetwork = google_compute_subnetwork.run.id
      }
    }

    containers {
      image = each.value.image
      args  = ["worker"]

      resources {
        limits = {
          cpu    = "1"
          memory = "1Gi"
        }
      }

      dynamic "env" {
        for_each = merge(local.environment, { LAYERON_BUILD_ID = each.key })
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = merge(local.database_secrets, local.temporal_ids)
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

  depends_on = [
    google_secret_manager_secret_version.database_url,
    google_secret_manager_secret_iam_member.database_url,
    google_secret_manager_secret_iam_member.temporal,
    google_secret_manager_secret_iam_member.declared,
    google_storage_bucket_iam_member.bodies,
  ]
}

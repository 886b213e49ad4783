# The API: it receives at /webhooks/…, and serves /api/v1 and /dashboard.

resource "google_cloud_run_v2_service" "api" {
  count = var.serving == null ? 0 : 1

  name                = "${var.name}-api"
  location            = var.region
  deletion_protection = false # it holds nothing
  # Behind a load balancer there is no way around it.
  ingress = length(var.hosts) == 0 ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  template {
    service_account                  = google_service_account.of["api"].email
    timeout                          = "60s"
    max_instance_request_concurrency = 80

    scaling {
      min_instance_count = var.api_instances.min
      max_instance_count = var.api_instances.max
    }

    # Only what is private goes through our network: the database, and a Temporal of our own.
    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"
      network_interfaces {
        network    = google_compute_network.private.id
        subnetwork = google_compute_subnetwork.run.id
      }
    }

    containers {
      image = var.releases[var.serving].image
      args  = ["serve"]

      ports {
        container_port = 8000
      }

      resources {
        limits = {
          cpu    = "1"
          memory = "1Gi"
        }
        # Between requests it writes refused ones down and starts what waits in the inbox.
        cpu_idle          = false
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = merge(local.environment, {
          LAYERON_BUILD_ID    = var.serving
          LAYERON_TRUST_PROXY = "true"
          # Google's front end; and the load balancer, which adds the sender and itself.
          LAYERON_PROXIES = length(var.hosts) == 0 ? "1" : "2"
        })
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

      # An instance gets requests once it listens; it listens once everything it needs was looked
      # at. Whether Temporal and the database answer at this moment is not asked of a probe: an API
      # that cannot reach Temporal still takes events in, and a restart would mend nothing.
      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 30
        http_get {
          path = "/health/live"
          port = 8000
        }
      }
      liveness_probe {
        period_seconds    = 10
        timeout_seconds   = 5
        failure_threshold = 3
        http_get {
          path = "/health/live"
          port = 8000
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

# Providers have no Google account: what they send is proved by its signature, and everything else
# asks for a key.
resource "google_cloud_run_v2_service_iam_member" "everybody" {
  count = var.serving == null ? 0 : 1

  name     = google_cloud_run_v2_service.api[0].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

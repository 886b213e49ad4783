# PostgreSQL: records, attempts, endpoints. Bodies are in the bucket, running work is in Temporal.

resource "google_sql_database_instance" "records" {
  name                = var.name
  database_version    = "POSTGRES_18"
  region              = var.region
  deletion_protection = var.deletion_protection # against Terraform

  settings {
    edition                     = "ENTERPRISE"
    tier                        = var.database.tier
    availability_type           = var.database.highly_available ? "REGIONAL" : "ZONAL"
    disk_type                   = "PD_SSD"
    disk_autoresize             = true
    deletion_protection_enabled = var.deletion_protection # against everybody

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.private.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "02:00"
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 14
      }
    }

    maintenance_window {
      day          = 7
      hour         = 3
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled = true
    }

    # Eight for each process at most; during a release there are twice as many of them.
    database_flags {
      name  = "max_connections"
      value = "250"
    }
    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }
    database_flags {
      name  = "log_connections"
      value = "on"
    }
    database_flags {
      name  = "log_disconnections"
      value = "on"
    }
    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
    database_flags {
      name  = "log_min_duration_statement"
      value = "-1" # statements hold what senders sent, and logs are kept elsewhere than records
    }
  }

  depends_on = [google_service_networking_connection.services]
}

resource "google_sql_database" "layeron" {
  name     = "layeron"
  instance = google_sql_database_instance.records.name
}

# Made in memory, written to Cloud SQL and Secret Manager, and never in the state. Raise the
# version to change it: the API and the workers take the new one at their next start.
ephemeral "random_password" "database" {
  length  = 40
  special = false # it is part of a URL
}

locals {
  database_password_version = 1
}

resource "google_sql_user" "layeron" {
  name                = "layeron"
  instance            = google_sql_database_instance.records.name
  password_wo         = ephemeral.random_password.database.result
  password_wo_version = local.database_password_version
}

resource "google_secret_manager_secret" "database_url" {
  secret_id = "${var.name}-database-url"

  replication {
    auto {}
  }

  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_version" "database_url" {
  secret                 = google_secret_manager_secret.database_url.id
  secret_data_wo_version = local.database_password_version
  secret_data_wo = format(
    "postgresql://%s:%s@%s:5432/%s?sslmode=require",
    google_sql_user.layeron.name,
    ephemeral.random_password.database.result,
    google_sql_database_instance.records.private_ip_address,
    google_sql_database.layeron.name,
  )
}

resource "google_secret_manager_secret_iam_member" "database_url" {
  for_each = toset(["api", "worker", "migrate"])

  secret_id = google_secret_manager_secret.database_url.id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.member[each.key]
}

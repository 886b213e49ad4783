# Raw bodies.

resource "google_storage_bucket" "bodies" {
  name                        = "${var.project}-${var.name}-bodies"
  location                    = var.region
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection

  # A body is written once, and its name and SHA-256 are on record, so there is nothing that
  # versions would keep. What was deleted by mistake can be had back for a week, and no longer:
  # a body that was erased on request has to be gone some day.
  versioning {
    enabled = false
  }
  soft_delete_policy {
    retention_duration_seconds = 7 * 24 * 3600
  }

  # After a month a body is read only for a replay.
  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
    condition {
      age                   = 30
      matches_storage_class = ["STANDARD"]
    }
  }

  # Layeron deletes bodies itself, with their records. This takes what no record knows of: a body
  # whose receiver died before the event was accepted.
  dynamic "lifecycle_rule" {
    for_each = var.keep_bodies_days == null ? [] : [var.keep_bodies_days + 7]
    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }

  depends_on = [google_project_service.needed]
}

# The API writes bodies and shows them; only workers delete any.
resource "google_storage_bucket_iam_member" "bodies" {
  for_each = {
    "api writes"     = { who = "api", role = "roles/storage.objectCreator" }
    "api reads"      = { who = "api", role = "roles/storage.objectViewer" }
    "worker changes" = { who = "worker", role = "roles/storage.objectUser" }
  }

  bucket = google_storage_bucket.bodies.name
  role   = each.value.role
  member = local.member[each.value.who]
}

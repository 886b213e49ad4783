# Host names of your own, for `host=` webhooks: a global external load balancer before Cloud Run.
# Cloud Run's own domain mappings are simpler, but Google calls them a preview that is not for
# production, they are not in every region, and a certificate is only issued once the name points
# at them. Here it is issued before, so a host that receives already can be moved without a gap.

locals {
  balanced  = var.serving != null && length(var.hosts) > 0
  certified = local.balanced ? var.hosts : toset([])
}

resource "google_certificate_manager_dns_authorization" "host" {
  for_each = var.hosts

  name   = "${var.name}-${replace(each.key, ".", "-")}"
  domain = each.key

  depends_on = [google_project_service.needed]
}

resource "google_certificate_manager_certificate" "host" {
  for_each = local.certified

  name = "${var.name}-${replace(each.key, ".", "-")}"
  managed {
    domains            = [each.key]
    dns_authorizations = [google_certificate_manager_dns_authorization.host[each.key].id]
  }
}

resource "google_certificate_manager_certificate_map" "hosts" {
  count = local.balanced ? 1 : 0

  name = var.name
}

resource "google_certificate_manager_certificate_map_entry" "host" {
  for_each = local.certified

  name         = "${var.name}-${replace(each.key, ".", "-")}"
  map          = google_certificate_manager_certificate_map.hosts[0].name
  hostname     = each.key
  certificates = [google_certificate_manager_certificate.host[each.key].id]
}

resource "google_compute_global_address" "public" {
  count = length(var.hosts) > 0 ? 1 : 0

  name       = "${var.name}-public"
  depends_on = [google_project_service.needed]
}

resource "google_compute_region_network_endpoint_group" "api" {
  count = local.balanced ? 1 : 0

  name                  = "${var.name}-api"
  region                = var.region
  network_endpoint_type = "SERVERLESS"
  cloud_run {
    service = google_cloud_run_v2_service.api[0].name
  }
}

resource "google_compute_backend_service" "api" {
  count = local.balanced ? 1 : 0

  name                  = "${var.name}-api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"

  backend {
    group = google_compute_region_network_endpoint_group.api[0].id
  }
  log_config {
    enable      = true
    sample_rate = 0.01
  }
}

resource "google_compute_url_map" "api" {
  count = local.balanced ? 1 : 0

  name            = var.name
  default_service = google_compute_backend_service.api[0].id
}

resource "google_compute_ssl_policy" "modern" {
  count = local.balanced ? 1 : 0

  name            = var.name
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "api" {
  count = local.balanced ? 1 : 0

  name            = var.name
  url_map         = google_compute_url_map.api[0].id
  ssl_policy      = google_compute_ssl_policy.modern[0].id
  certificate_map = "//certificatemanager.googleapis.com/${google_certificate_manager_certificate_map.hosts[0].id}"
}

# Nothing listens on port 80: a signed event has no business there.
resource "google_compute_global_forwarding_rule" "https" {
  count = local.balanced ? 1 : 0

  name                  = "${var.name}-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.public[0].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.api[0].id
}

output "url" {
  description = "Where the API answers when there are no hosts."
  value       = var.serving == null ? null : google_cloud_run_v2_service.api[0].uri
}

output "dns_records" {
  description = "What your DNS has to say: first the CNAMEs, for certificates, then the addresses."
  value = concat(
    [
      for authorization in google_certificate_manager_dns_authorization.host :
      join(" ", [
        authorization.dns_resource_record[0].name,
        authorization.dns_resource_record[0].type,
        authorization.dns_resource_record[0].data,
      ])
    ],
    [for host in var.hosts : "${host}. A ${google_compute_global_address.public[0].address}"],
  )
}

output "images" {
  description = "Where images go."
  value       = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}"
}

output "sources" {
  description = "Where `gcloud builds submit` puts sources."
  value       = "gs://${google_storage_bucket.sources.name}/source"
}

output "builder" {
  description = "The service account that builds."
  value       = google_service_account.of["build"].id
}

output "secrets_to_fill" {
  description = "Secrets whose values are put in by hand."
  value = sort(concat(
    [for each in google_secret_manager_secret.temporal : each.secret_id],
    [for each in google_secret_manager_secret.declared : each.secret_id],
  ))
}

output "service_accounts" {
  description = "Who the processes are; the profile for GKE lets its pods be the same."
  value       = { for name, account in google_service_account.of : name => account.email }
}

output "database" {
  description = "Private address of the database."
  value       = google_sql_database_instance.records.private_ip_address
}

output "bucket" {
  description = "Where raw bodies are."
  value       = google_storage_bucket.bodies.name
}

output "network" {
  description = "The network that the database is reached from."
  value       = google_compute_network.private.name
}

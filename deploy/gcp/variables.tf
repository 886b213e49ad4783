variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Where everything is; Temporal Cloud's namespace should be near."
  type        = string
  default     = "europe-west1"
}

variable "name" {
  description = "What every name begins with; two deployments in one project need two."
  type        = string
  default     = "layeron"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,13}[a-z0-9]$", var.name))
    error_message = "Use 3 to 15 small letters, digits and hyphens, a letter first."
  }
}

variable "temporal" {
  description = "Where Temporal is, and how we show who we are: `api_key` (Temporal Cloud), `mtls`, or `none` for a cluster that only the private network reaches. `ui` is for links in the dashboard."
  type = object({
    address   = string
    namespace = string
    auth      = optional(string, "api_key")
    ui        = optional(string, "")
  })

  validation {
    condition     = contains(["api_key", "mtls", "none"], var.temporal.auth)
    error_message = "temporal.auth is api_key, mtls or none."
  }
}

variable "secrets" {
  description = "Names of the secrets that the application declares, as they are in Secret Manager: `NAME`, or `billing--NAME` in the namespace `billing`. Their values are put in by hand."
  type        = set(string)
  default     = []
}

variable "releases" {
  description = "Every release that is there: its build id, its image, and how many workers it has. A release without workers has its jobs alone."
  type = map(object({
    image   = string
    workers = optional(number, 0)
  }))
  default = {}

  validation {
    condition     = alltrue([for id in keys(var.releases) : can(regex("^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$", id))])
    error_message = "A build id has at most 20 small letters, digits and hyphens, such as 2026-11-25."
  }
}

variable "serving" {
  description = "Build id of the release whose API receives; null: there is no API yet."
  type        = string
  default     = null

  validation {
    condition     = var.serving == null || contains(keys(var.releases), coalesce(var.serving, "-"))
    error_message = "serving names one of releases."
  }
}

variable "api_instances" {
  description = "The fewest and the most instances of the API. Two and more survive the loss of one without a cold start."
  type = object({
    min = optional(number, 2)
    max = optional(number, 10)
  })
  default = {}
}

variable "hosts" {
  description = "Host names of yours that webhooks are received at (`host=` of a webhook); none: the address that Cloud Run gives."
  type        = set(string)
  default     = []
}

variable "database" {
  description = "The machine of the database, and whether a second one in another zone takes over when it fails, at twice the price."
  type = object({
    tier             = optional(string, "db-custom-1-3840")
    highly_available = optional(bool, true)
  })
  default = {}
}

variable "settings" {
  description = "Other variables of every process, such as `LAYERON_CODEC`; docs/settings.md has them all."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("^(LAYERON|OTEL)_[A-Z_]+$", name))])
    error_message = "A setting is named LAYERON_… or OTEL_…; secrets belong into secrets."
  }

  validation {
    condition     = contains(concat([""], tolist(var.secrets)), lookup(var.settings, "LAYERON_CODEC", ""))
    error_message = "LAYERON_CODEC names one of secrets."
  }
}

variable "keep_bodies_days" {
  description = "Raw bodies are deleted after so many days (`LAYERON_KEEP_BODIES`); null: never."
  type        = number
  default     = null
}

variable "deletion_protection" {
  description = "Refuse to delete the database and the bucket with what is in them."
  type        = bool
  default     = true
}

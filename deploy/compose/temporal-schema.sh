#!/bin/sh
# Create Temporal's two databases and bring their schemas up to this version; safe to repeat.
# Runs in the admin-tools image; the SQL_* variables say where and as whom.
set -eu

prepare() { # prepare DATABASE SCHEMA
    temporal-sql-tool --db "$1" create
    temporal-sql-tool --db "$1" setup-schema --version 0.0
    temporal-sql-tool --db "$1" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility

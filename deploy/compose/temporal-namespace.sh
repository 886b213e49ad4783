#!/bin/sh
# Make Temporal ready for Layeron: the namespace, and the search attributes by which its
# workflows are found; safe to repeat. Runs in the admin-tools image, and anywhere else that has
# Temporal's command line; TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where.
set -eu

: "${TEMPORAL_NAMESPACE:=default}"
export TEMPORAL_NAMESPACE

# Repeats a command for a minute; the last time its error is shown and ends the script.
eventually() {
    tries=60
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || exec "$@"
        sleep 1
    done
}

eventually temporal operator cluster health
if ! temporal operator namespace describe >/dev/null 2>&1; then
    # A closed workflow remembers for this long that its event was seen.
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 7d
fi

eventually temporal operator search-attribute create \
    --name LayeronWebhook --type Keyword \
    --name LayeronEventType --type Keyword \
    --name LayeronExternalId --type Keyword \
    --name LayeronEventId --type Keyword

# A start with an attribute that the server has not learned of yet would fail.
for attribute in LayeronWebhook LayeronEventType LayeronExternalId LayeronEventId; do
    eventually temporal workflow count --query "$attribute = 'any'"
done

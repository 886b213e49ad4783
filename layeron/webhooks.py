"""The verbs that declare webhooks, one per provider, and ``custom`` for everybody else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Unpack

from layeron.declaration import InboundOptions, InboundWebhook, declare_inbound
from layeron.errors import ConfigurationError
from layeron.locator import Locator, LocatorLike, parse_locator
from layeron.options import Observability, ObservabilityDict, Retention, RetentionDict
from layeron.outbound.declaration import OutboundWebhook, declare_outbound
from layeron.outbound.options import DeclaredEndpoint, EndpointDict, EventType, EventTypeDict
from layeron.provider import CUSTOM
from layeron.providers.adyen import adyen
from layeron.providers.airtable import airtable
from layeron.providers.asana import asana
from layeron.providers.auth0 import auth0
from layeron.providers.bitbucket import bitbucket
from layeron.providers.calcom import calcom
from layeron.providers.calendly import calendly
from layeron.providers.chargebee import chargebee
from layeron.providers.clerk import clerk
from layeron.providers.coinbase_commerce import coinbase_commerce
from layeron.providers.contentful import contentful
from layeron.providers.discord import discord
from layeron.providers.docusign import docusign
from layeron.providers.dropbox import dropbox
from layeron.providers.elevenlabs import elevenlabs
from layeron.providers.figma import figma
from layeron.providers.flutterwave import flutterwave
from layeron.providers.github import github
from layeron.providers.gitlab import gitlab
from layeron.providers.gocardless import gocardless
from layeron.providers.heroku import heroku
from layeron.providers.hubspot import hubspot
from layeron.providers.intercom import intercom
from layeron.providers.jira import jira
from layeron.providers.lemonsqueezy import lemonsqueezy
from layeron.providers.line import line
from layeron.providers.linear import linear
from layeron.providers.mailgun import mailgun
from layeron.providers.meta import meta
from layeron.providers.mollie import mollie
from layeron.providers.monday import monday
from layeron.providers.mux import mux
from layeron.providers.notion import notion
from layeron.providers.okta import okta
from layeron.providers.openai import openai
from layeron.providers.paddle import paddle
from layeron.providers.pagerduty import pagerduty
from layeron.providers.paypal import paypal
from layeron.providers.paystack import paystack
from layeron.providers.persona import persona
from layeron.providers.plaid import plaid
from layeron.providers.polar import polar
from layeron.providers.postmark import postmark
from layeron.providers.pubsub import pubsub
from layeron.providers.razorpay import razorpay
from layeron.providers.replicate import replicate
from layeron.providers.resend import resend
from layeron.providers.sanity import sanity
from layeron.providers.sendgrid import sendgrid
from layeron.providers.sentry import sentry
from layeron.providers.shopify import shopify
from layeron.providers.slack import slack
from layeron.providers.sns import sns
from layeron.providers.square import square
from layeron.providers.standard import standard
from layeron.providers.stripe import stripe
from layeron.providers.svix import svix
from layeron.providers.telegram import telegram
from layeron.providers.telnyx import telnyx
from layeron.providers.twilio import twilio
from layeron.providers.twitch import twitch
from layeron.providers.typeform import typeform
from layeron.providers.vercel import vercel
from layeron.providers.webflow import webflow
from layeron.providers.whatsapp import whatsapp
from layeron.providers.woocommerce import woocommerce
from layeron.providers.workos import workos
from layeron.providers.x import x
from layeron.providers.xero import xero
from layeron.providers.zendesk import zendesk
from layeron.providers.zoom import zoom
from layeron.signing.rule import Signature, SignatureDict

__all__ = [
    "adyen",
    "airtable",
    "asana",
    "auth0",
    "bitbucket",
    "calcom",
    "calendly",
    "chargebee",
    "clerk",
    "coinbase_commerce",
    "contentful",
    "custom",
    "discord",
    "docusign",
    "dropbox",
    "elevenlabs",
    "figma",
    "flutterwave",
    "github",
    "gitlab",
    "gocardless",
    "heroku",
    "hubspot",
    "intercom",
    "jira",
    "lemonsqueezy",
    "line",
    "linear",
    "mailgun",
    "meta",
    "mollie",
    "monday",
    "mux",
    "notion",
    "okta",
    "openai",
    "out",
    "paddle",
    "pagerduty",
    "paypal",
    "paystack",
    "persona",
    "plaid",
    "polar",
    "postmark",
    "pubsub",
    "razorpay",
    "replicate",
    "resend",
    "sanity",
    "sendgrid",
    "sentry",
    "shopify",
    "slack",
    "sns",
    "square",
    "standard",
    "stripe",
    "svix",
    "telegram",
    "telnyx",
    "twilio",
    "twitch",
    "typeform",
    "vercel",
    "webflow",
    "whatsapp",
    "woocommerce",
    "workos",
    "x",
    "xero",
    "zendesk",
    "zoom",
]


def custom(
    *,
    signature: Signature | SignatureDict,
    event_type: LocatorLike | None = None,
    event_id: LocatorLike | None = None,
    **options: Unpack[InboundOptions],
) -> InboundWebhook:
    """Receive from any provider, by a signature rule of your own.

    Args:
        signature: how its requests are signed.
        event_type: where the type of an event is, such as ``header.x-event`` or ``body.kind``;
            without it, ``type``, ``event`` or ``event_type`` of the body.
        event_id: where the provider's id of an event is; several places are joined; without it,
            ``id``, ``event_id`` or ``eventId`` of the body.
        **options: see `InboundOptions`; ``name`` is required.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    provider = replace(
        CUSTOM,
        event_type=_located("event_type", event_type, CUSTOM.event_type, options),
        event_id=_located("event_id", event_id, CUSTOM.event_id, options),
    )
    return declare_inbound(provider, signature, options, default_name=None)


def out(  # noqa: PLR0913  # each is an option of the webhook
    name: str,
    *,
    endpoints: Sequence[DeclaredEndpoint | EndpointDict] = (),
    namespace: str = "default",
    signing: Signature | SignatureDict | None = None,
    event_types: Mapping[str, EventType | EventTypeDict] | None = None,
    envelope: bool = True,
    endpoints_per_user: int = 20,
    operational: OutboundWebhook | None = None,
    retention: Retention | RetentionDict | None = None,
    observability: Observability | ObservabilityDict | None = None,
    redact: Sequence[str] = (),
) -> OutboundWebhook:
    """Send events to other systems: `await webhook.send("invoice.paid", {…})`.

    Args:
        name: part of records and workflow ids: keep it for ever.
        endpoints: those known in code; others are created at run time.
        namespace: whose it is, where several teams share a service.
        signing: the rule for endpoints created at run time; without it, Standard Webhooks with a
            generated secret.
        event_types: the types that may be sent, each with its schema and an example; without it,
            any type may.
        envelope: send ``{"type", "timestamp", "data": payload}``, as the Standard Webhooks
            specification recommends; False sends the payload alone.
        endpoints_per_user: how many endpoints one ``user_id`` may have.
        operational: the publisher that ``endpoint.disabled`` and ``message.attempt.exhausted``
            are sent by.
        retention: how long bodies and records are kept.
        observability: what is reported.
        redact: fields of the body that nobody is shown, such as ``body.data.card.number``.

    Raises:
        ConfigurationError: an option is wrong; in one sentence that names the mend.
    """
    return declare_outbound(
        name,
        namespace=namespace,
        endpoints=endpoints,
        signing=signing,
        event_types={} if event_types is None else event_types,
        envelope=envelope,
        endpoints_per_user=endpoints_per_user,
        operational=operational,
        retention=retention,
        observability=observability,
        redact=redact,
    )


def _located(
    option: str, value: LocatorLike | None, default: Locator, options: InboundOptions
) -> Locator:
    try:
        return default if value is None else parse_locator(value)
    except TypeError:
        mend = "write a place such as 'body.type', a list of places, or a function"
    except ValueError as error:
        mend = str(error)
    raise ConfigurationError(f"webhook {options.get('name')!r}: option {option!r}: {mend}.")

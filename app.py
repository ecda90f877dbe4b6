"""Chalice's entry: the application and its blueprints. Rules, tables and routes live in `chalicelib`."""

import boto3
from chalice.app import Chalice

from chalicelib.api import (
    account,
    admin,
    admin_audit,
    admin_broadcasters,
    admin_keys,
    admin_refusals,
    admin_search,
    authorizer,
    broadcaster,
    broadcaster_keys,
    history,
    metering,
    problems,
    reactions,
    realtime,
    schedule,
    security_headers,
    viewer,
    webhooks,
)
from chalicelib.api.hooks import mediamtx, nginx_rtmp, ome, srs
from chalicelib.api.openapi import document

app = Chalice(app_name="stream-sync")
app.experimental_feature_flags.update(["BLUEPRINTS", "WEBSOCKETS"])
app.websocket_api.session = boto3.session.Session()
app.register_middleware(metering.middleware)
app.register_middleware(security_headers.middleware, "http")
app.register_middleware(problems.middleware, "http")

for module in (
    *(authorizer, broadcaster, broadcaster_keys, schedule, history, account, viewer, document),
    *(admin, admin_keys, admin_broadcasters, admin_refusals, webhooks),
    *(reactions, mediamtx, nginx_rtmp, srs, ome),
    *(admin_search, admin_audit),
):
    app.register_blueprint(module.blueprint)

# Chalice wraps a WebSocket handler for Lambda only where the app itself registers it, not in a blueprint; the names
# here are the ones that it deploys.
on_connect = app.on_ws_connect(name="ws_connect")(realtime.on_connect)
on_message = app.on_ws_message(name="ws_message")(realtime.on_message)
on_disconnect = app.on_ws_disconnect(name="ws_disconnect")(realtime.on_disconnect)

"""Chalice's entry: the application and its blueprints. Rules, tables and routes live in `chalicelib`."""

import boto3
from chalice.app import Chalice

from chalicelib.api import admin, authorizer, broadcaster, problems, reactions, realtime, viewer

app = Chalice(app_name="stream-sync")
app.experimental_feature_flags.update(["BLUEPRINTS", "WEBSOCKETS"])
app.websocket_api.session = boto3.session.Session()
app.register_middleware(problems.middleware, "http")

for module in (authorizer, broadcaster, viewer, admin, realtime, reactions):
    app.register_blueprint(module.blueprint)

on_stream_event = reactions.on_stream_event

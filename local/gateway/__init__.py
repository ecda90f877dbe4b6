"""API Gateway, EventBridge's last mile and CloudFront on one local port, around the unmodified Chalice handlers.

browser, curl --HTTP--> rest        -> chalice.local.LocalGateway -> app
              --WS----> websocket   -> app's $connect, $default, $disconnect
handlers -----HTTP----> management  -> the open WebSockets (`@connections`)
emulator's bus -------> reactions   -> app's plain functions; schedules too
browser ------HTTP----> site        -> dashboard files, config.json, Cognito
"""

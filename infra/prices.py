"""List prices of us-east-1 on demand, in dollars, of the month `OF`: without the free tier, taxes or support plans.

Prices of other regions differ: check yours with the AWS Pricing Calculator.
"""

OF = "2026-11"

HOURS = 730.0  # in a month
SECONDS = HOURS * 3_600

NLB_HOUR, NLB_CAPACITY_UNIT_HOUR = 0.0225, 0.006
NLB_GB_PER_UNIT = 1.0  # an hour, for TCP and for TLS
FARGATE_ARM_CPU_HOUR, FARGATE_ARM_GB_HOUR = 0.03238, 0.00356
PUBLIC_IPV4_HOUR = 0.005
BETWEEN_ZONES_GB = 0.01  # in each direction
BETWEEN_REGIONS_GB = 0.02  # out of us-east-1 and of most regions; some ask for more
WRITE_UNIT, READ_UNIT = 0.625e-6, 0.125e-6
EVENT = 1e-6
REQUEST_REST_API = 3.5e-6
WEBSOCKET_MESSAGE, WEBSOCKET_MINUTE = 1e-6, 0.25e-6
LAMBDA_REQUEST, LAMBDA_GB_SECOND = 0.2e-6, 0.0000166667
METRIC, ALARM, LOGS_GB, DASHBOARD = 0.30, 0.10, 0.50, 3.0
SECRET, KMS_KEY = 0.40, 1.00
WEB_ACL, WEB_ACL_RULE, WEB_ACL_REQUEST = 5.00, 1.00, 0.6e-6
HOSTED_ZONE = 0.50
S3_PUT, S3_GB_MONTH = 0.005e-3, 0.023
CLOUDFRONT_GB, CLOUDFRONT_REQUEST = 0.085, 1e-6
